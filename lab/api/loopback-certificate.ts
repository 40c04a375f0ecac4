import { generate } from 'selfsigned'

export interface Certificate {
  readonly key: string
  /** PEM; processes trust it through NODE_EXTRA_CA_CERTS. */
  readonly cert: string
}

/** A certificate for localhost and 127.0.0.1 that is its own authority, valid for a day. */
export const issueCertificate = async (): Promise<Certificate> => {
  const pems = await generate([{ name: 'commonName', value: 'localhost' }], {
    keyType: 'ec',
    algorithm: 'sha256',
    notAfterDate: new Date(Date.now() + 86_400_000),
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', digitalSignature: true, keyCertSign: true },
      {
        name: 'subjectAltName',
        altNames: [
          { type: 2, value: 'localhost' },
          { type: 7, ip: '127.0.0.1' },
        ],
      },
    ],
  })
  return { key: pems.private, cert: pems.cert }
}
