import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Code } from 'aws-cdk-lib/aws-lambda'
import { afterAll, describe, expect, it } from 'vitest'
import { synthesize } from '../../infra/app/app.ts'
import { stages } from '../../infra/app/settings/stages.ts'
import { aProvider, atStage } from './consumer-fixture.ts'
import { aCluster, aConsumer, heard } from './settings-fixture.ts'

const outdir = mkdtempSync(join(tmpdir(), 'repoint-consumer-rules-'))
afterAll(() => rmSync(outdir, { recursive: true, force: true }))

const readerHostname = 'ledger.cluster-ro-abc123def456.eu-west-1.rds.amazonaws.com'

describe('AWS’s own rules', () => {
  it('and cdk-nag’s AwsSolutions are kept by a consumer at every stage', { timeout: 300_000 }, () => {
    const consumers = [
      ...stages.map(stage => aConsumer({ name: stage, dnsName: `${stage}.example`, gateway: atStage(stage) })),
      aConsumer({ name: 'back', gateway: { stage: 'nlb', from: 'shadow' } }),
      aConsumer({ name: 'readers', database: 'ledger', gateway: atStage('gateway', { readerHostname }) }),
      aConsumer({
        ...{ name: 'peered', dnsName: 'peered.example', peeredVpcIds: ['vpc-0b0b0b0b0b0b0b0b0'] },
        inboundResolver: { clientCidrs: ['10.8.0.0/16'] },
      }),
      aConsumer({
        name: 'warehouse',
        dnsName: 'warehouse.example',
        redshift: { clusterIdentifier: 'warehouse', subnetGroupName: 'private' },
      }),
    ]
    const ledger = aCluster({
      gateway: { stage: 'shadow', databaseSecurityGroupId: 'sg-0a1b2c3d4e5f60718', principals: ['444455556666'] },
    })
    const settings = { databases: [aProvider(), ledger], consumers }
    const code = () => Code.fromInline('placeholder')
    const { result, printed } = heard(() => synthesize({ settings, outdir, code, rules: true }))
    const warnings = printed.match(/^WARNING .*?: .*?[,:]/gm) ?? []
    expect(warnings.filter(it => !it.includes('has one network interface in one Availability Zone'))).toEqual([
      'WARNING warehouse: Redshift’s managed endpoint is one interface in one Availability Zone,',
    ])
    const checked = Object.keys(result.templates).filter(name => name.startsWith('Repoint-consumer-'))
    expect(checked).toHaveLength(consumers.length)
  })
})
