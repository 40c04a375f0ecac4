import { describe, expect, it } from 'vitest'
import { admits, edgesOf } from '../../../cli/checks/account-hosts.ts'

describe('a network', () => {
  it.each([
    ['10.0.1.0/24', '10.0.1.0', '10.0.1.255'],
    ['10.0.1.77/24', '10.0.1.0', '10.0.1.255'],
    ['10.0.1.128/25', '10.0.1.128', '10.0.1.255'],
    ['10.0.0.0/15', '10.0.0.0', '10.1.255.255'],
    ['172.16.255.0/20', '172.16.240.0', '172.16.255.255'],
    ['192.168.7.9/32', '192.168.7.9', '192.168.7.9'],
    ['192.168.7.9', '192.168.7.9', '192.168.7.9'],
    ['0.0.0.0/0', '0.0.0.0', '255.255.255.255'],
  ])('%s begins with %s and ends with %s', (cidr, first, last) => {
    expect(edgesOf(cidr)).toEqual([first, last])
  })
})

describe('the host of an account', () => {
  it.each([
    ['is one address', '10.0.1.1', '10.0.1.1', true],
    ['is another address', '10.0.1.1', '10.0.1.10', false],
    ['is the end of the address', '0.0.1.1', '10.0.1.1', false],
    ['is anything', '%', '10.0.1.1', true],
    ['is a beginning', '10.0.%', '10.0.255.1', true],
    ['is a beginning in which a point is no other character', '10.1.%', '10.11.0.1', false],
    ['is one character', '10.0.1._', '10.0.1.5', true],
    ['is one character, and there are two', '10.0.1._', '10.0.1.55', false],
    ['is two characters', '10.0.1.__', '10.0.1.55', true],
    ['is at least one character', '10.0.1._%', '10.0.1.255', true],
    ['is at least two characters', '10.0.1.%_%_', '10.0.1.5', false],
    ['is a name', 'app.example.com', '10.0.1.1', false],
    ['has signs of a regular expression, which mean themselves', '(10|.+)?[0-9]{1,3}$^\\', '10.0.1.1', false],
    ['is a network by bits', '10.0.0.0/23', '10.0.1.255', true],
    ['is another network by bits', '10.0.0.0/23', '10.0.2.0', false],
    ['is every address by bits', '0.0.0.0/0', '10.0.1.1', true],
    ['is one address by bits', '10.0.1.1/32', '10.0.1.1', true],
    ['has a bit too many', '10.0.1.1/33', '10.0.1.1', false],
    ['has less than no bit', '10.0.1.1/-1', '10.0.1.1', false],
    ['has no number of bits', '10.0.1.1/x', '10.0.1.1', false],
    ['has bits of a name', 'app.example.com/24', '10.0.1.1', false],
    ['is a network by its mask', '10.0.0.0/255.255.254.0', '10.0.1.255', true],
    ['is another network by its mask', '10.0.0.0/255.255.254.0', '10.0.2.0', false],
    ['is one address by its mask', '10.0.1.1/255.255.255.255', '10.0.1.1', true],
    ['is not another address by its mask', '10.0.1.1/255.255.255.255', '10.0.1.2', false],
    ['is every address by its mask', '0.0.0.0/0.0.0.0', '10.0.1.1', true],
    ['has a mask with a hole', '10.0.1.1/255.0.255.0', '10.0.1.1', false],
    ['has a mask that begins with nothing', '10.0.1.1/127.255.255.255', '10.0.1.1', false],
    ['has a mask that is none', '10.0.1.1/a.b.c.d', '10.0.1.1', false],
  ])('%s: %s, asked about %s: %s', (_, host, ip, is) => {
    expect(admits(host, ip, 'mysql')).toBe(is)
  })

  it.each([
    ['10.0.1.0/24', false],
    ['10.0.1.0/255.255.255.0', true],
    ['10.0.1.%', true],
  ])('%s on MariaDB, which knows no number of bits: %s', (host, is) => {
    expect(admits(host, '10.0.1.1', 'mariadb')).toBe(is)
  })
})
