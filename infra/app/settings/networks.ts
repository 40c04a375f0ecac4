import { BlockList, isIPv4 } from 'node:net'

export const isCidr = (text: string): boolean => {
  const [ip = '', bits = '', ...rest] = text.split('/')
  return rest.length === 0 && isIPv4(ip) && /^\d{1,2}$/.test(bits) && Number(bits) <= 32
}

export const isInside = (ip: string, cidr: string): boolean => {
  const [network = '', bits] = cidr.split('/')
  const list = new BlockList()
  list.addSubnet(network, Number(bits), 'ipv4')
  return isIPv4(ip) && list.check(ip, 'ipv4')
}
