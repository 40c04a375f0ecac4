import { BlockList, isIPv4 } from 'node:net'
import type { Engine } from '../../infra/app/settings/engines.ts'

/** First and last address of a network: patterns of MySQL cover neither, both, or cut it. */
export const edgesOf = (cidr: string): readonly string[] => {
  const [ip = '0.0.0.0', bits = '32'] = cidr.split('/')
  const size = 2 ** (32 - Number(bits))
  const first = Math.floor(toNumber(ip) / size) * size
  return [toText(first), toText(first + size - 1)]
}

const toNumber = (ip: string): number => ip.split('.').reduce((sum, part) => sum * 256 + Number(part), 0)

const toText = (value: number): string => [24, 16, 8, 0].map(shift => Math.floor(value / 2 ** shift) % 256).join('.')

/**
 * The host of an account: wildcards, `network/mask`, one address; `network/bits` on MySQL 8.0.23 and later alone. Host
 * names admit no address here.
 */
export const admits = (host: string, ip: string, engine: Engine): boolean => {
  const [network = '', mask] = host.split('/')
  if (mask !== undefined) {
    const isBits = !mask.includes('.')
    if (isBits && engine === 'mariadb') return false
    const bits = isBits ? Number(mask || Number.NaN) : bitsOf(mask)
    if (!isIPv4(network) || !(bits >= 0 && bits <= 32)) return false
    const list = new BlockList()
    list.addSubnet(network, bits, 'ipv4')
    return list.check(ip, 'ipv4')
  }
  const pattern = host
    .replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
    // One after another they mean no more than one, and would be tried in every combination.
    .replace(/[%_]*%[%_]*/g, any => `${any.replaceAll('%', '')}%`)
    .replaceAll('%', '.*')
    .replaceAll('_', '.')
  return new RegExp(`^${pattern}$`).test(ip)
}

/** `NaN` where it is no mask. */
const bitsOf = (mask: string): number => {
  const binary = toNumber(mask).toString(2).padStart(32, '0')
  return /^1*0*$/.test(binary) ? (binary.indexOf('0') === -1 ? 32 : binary.indexOf('0')) : Number.NaN
}
