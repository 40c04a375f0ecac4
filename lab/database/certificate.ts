import { isIP } from 'node:net'
import { generate } from 'selfsigned'

/** PEM. */
export interface Certificate {
  readonly key: string
  readonly cert: string
  /** Who issued it: what a client has to trust, as AWS's bundle. */
  readonly authority: string
}

const dayMs = 86_400_000

/** A certificate for names and addresses, issued by an authority that no system trusts, as those of RDS's endpoints are. */
export const issueCertificate = async (names: readonly string[]): Promise<Certificate> => {
  const [first = 'localhost'] = names
  const notAfterDate = new Date(Date.now() + 200 * dayMs)
  const authority = await generate([{ name: 'commonName', value: 'Lab RDS authority' }], {
    keyType: 'ec',
    algorithm: 'sha256',
    notAfterDate,
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', digitalSignature: true, keyCertSign: true },
    ],
  })
  const issued = await generate([{ name: 'commonName', value: first.slice(0, 64) }], {
    keyType: 'ec',
    algorithm: 'sha256',
    ca: { key: authority.private, cert: authority.cert },
    notBeforeDate: new Date(Date.now() - dayMs),
    notAfterDate,
    extensions: [
      { name: 'basicConstraints', cA: false },
      { name: 'subjectAltName', altNames: names.map(altName) },
    ],
  })
  return { key: issued.private, cert: issued.cert, authority: authority.cert }
}

const altName = (name: string) => (isIP(name) ? { type: 7 as const, ip: name } : { type: 2 as const, value: name })
