import { createServer, type IncomingMessage, type RequestListener } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import type { AddressInfo } from 'node:net'

/**
 * Answers each AWS call with a fixed reply in AWS's own wire format, or with the error that the request names; and keeps
 * what was sent. For tests of the built bundle: what the calls mean is the lab's business.
 */

export interface Sent {
  readonly method: string
  readonly path: string
  readonly headers: Record<string, unknown>
  readonly body: string
}

const answers: Record<string, string> = {
  DescribeTargetHealth: `<TargetHealthDescriptions>
    <member><Target><Id>10.0.1.10</Id><Port>5432</Port><AvailabilityZone>eu-west-1a</AvailabilityZone></Target>
      <HealthCheckPort>5432</HealthCheckPort><TargetHealth><State>healthy</State></TargetHealth></member>
    <member><Target><Id>10.0.2.20</Id><Port>5432</Port></Target><TargetHealth><State>draining</State>
      <Reason>Target.DeregistrationInProgress</Reason><Description>Target deregistration is in progress</Description></TargetHealth></member>
  </TargetHealthDescriptions>`,
  RegisterTargets: '',
  DeregisterTargets: '',
  DescribeListeners: `<Listeners><member><ListenerArn>arn:listener</ListenerArn><LoadBalancerArn>arn:balancer</LoadBalancerArn>
    <Port>5432</Port><Protocol>TCP</Protocol><DefaultActions><member><Type>forward</Type><Order>1</Order><ForwardConfig><TargetGroups>
    <member><TargetGroupArn>arn:one</TargetGroupArn><Weight>1</Weight></member>
    <member><TargetGroupArn>arn:two</TargetGroupArn><Weight>0</Weight></member></TargetGroups></ForwardConfig></member></DefaultActions>
    </member></Listeners>`,
  ModifyListener: `<Listeners><member><ListenerArn>arn:listener</ListenerArn></member></Listeners>`,
  DescribeTags: `<TagDescriptions><member><ResourceArn>arn:one</ResourceArn><Tags><member><Key>repoint:pair</Key>
    <Value>10.0.1.10 eni-1 subnet-1 / 10.0.2.20 eni-2 subnet-2</Value></member></Tags></member></TagDescriptions>`,
  AddTags: '',
  DescribeNetworkInterfaces: `<networkInterfaceSet><item><networkInterfaceId>eni-1</networkInterfaceId><subnetId>subnet-1</subnetId>
    <vpcId>vpc-1</vpcId><description>RDSNetworkInterface</description><requesterId>amazon-rds</requesterId><requesterManaged>true</requesterManaged>
    <privateIpAddress>10.0.1.10</privateIpAddress><groupSet><item><groupId>sg-1</groupId><groupName>orders</groupName></item></groupSet>
    <privateIpAddressesSet><item><privateIpAddress>10.0.1.10</privateIpAddress><primary>true</primary></item></privateIpAddressesSet>
    <tagSet/></item></networkInterfaceSet><nextToken>page 3</nextToken>`,
  DescribeDBClusters: `<Marker>next-page</Marker><DBClusters><DBCluster><DBClusterIdentifier>orders</DBClusterIdentifier>
    <Status>available</Status><Endpoint>orders.cluster-abc.eu-west-1.rds.amazonaws.com</Endpoint><MultiAZ>true</MultiAZ>
    <ClusterCreateTime>2026-01-02T03:04:05.678Z</ClusterCreateTime><Port>5432</Port>
    <DBClusterMembers><DBClusterMember><DBInstanceIdentifier>orders-1</DBInstanceIdentifier><IsClusterWriter>true</IsClusterWriter>
      <PromotionTier>1</PromotionTier></DBClusterMember><DBClusterMember><DBInstanceIdentifier>orders-2</DBInstanceIdentifier>
      <IsClusterWriter>false</IsClusterWriter></DBClusterMember></DBClusterMembers></DBCluster></DBClusters>`,
  DescribeDBInstances: `<DBInstances><DBInstance><DBInstanceIdentifier>orders-1</DBInstanceIdentifier>
    <DBInstanceStatus>available</DBInstanceStatus><Endpoint><Address>orders-1.abc.eu-west-1.rds.amazonaws.com</Address>
    <Port>5432</Port><HostedZoneId>Z1</HostedZoneId></Endpoint><MultiAZ>true</MultiAZ>
    <VpcSecurityGroups><VpcSecurityGroupMembership><VpcSecurityGroupId>sg-1</VpcSecurityGroupId><Status>active</Status>
    </VpcSecurityGroupMembership></VpcSecurityGroups></DBInstance>
    <DBInstance><DBInstanceIdentifier>orders-2</DBInstanceIdentifier><DBInstanceStatus>creating</DBInstanceStatus></DBInstance></DBInstances>`,
}

/** Where a request says what it wants to be answered. */
const naming = [
  'TargetGroupArn',
  'ListenerArn',
  'ListenerArns.member.1',
  'ResourceArns.member.1',
  'DBClusterIdentifier',
  'DBInstanceIdentifier',
  'Filter.1.Value.1',
]

const serverFaults = ['HealthUnavailable', 'InternalFailure', 'ServiceUnavailable', 'InternalException']

const reply = (body: string, target: unknown): { status: number; type: string; body: string } => {
  if (typeof target === 'string') {
    const code = (JSON.parse(body) as { Entries: { Source: string }[] }).Entries[0]?.Source ?? ''
    const type = 'application/x-amz-json-1.1'
    if (code === 'ok') return { status: 200, type, body: '{"Entries":[{"EventId":"e-1"}],"FailedEntryCount":0}' }
    return { status: statusOf(code), type, body: JSON.stringify({ __type: code, message: `sent ${code}` }) }
  }
  const fields = new URLSearchParams(body)
  const action = fields.get('Action') ?? ''
  const code = naming.map(name => fields.get(name)).find(value => value !== null) ?? ''
  // EC2 has a form of its own, for answers and for errors.
  const isEc2 = action === 'DescribeNetworkInterfaces'
  const xml = (inner: string, root: string) => `<${root} xmlns="http://aws.example/doc/">${inner}</${root}>`
  if (code === 'ok' && isEc2) {
    const body = xml(`<requestId>r-1</requestId>${answers[action]}`, `${action}Response`)
    return { status: 200, type: 'text/xml', body }
  }
  if (code === 'ok') {
    const result = `<${action}Result>${answers[action]}</${action}Result><ResponseMetadata><RequestId>r-1</RequestId></ResponseMetadata>`
    return { status: 200, type: 'text/xml', body: xml(result, `${action}Response`) }
  }
  if (isEc2) {
    const body = `<Response><Errors><Error><Code>${code}</Code><Message>sent ${code}</Message></Error></Errors><RequestID>r-1</RequestID></Response>`
    return { status: statusOf(code), type: 'text/xml', body }
  }
  const error = `<Error><Type>Sender</Type><Code>${code}</Code><Message>sent ${code}</Message></Error><RequestId>r-1</RequestId>`
  return { status: statusOf(code), type: 'text/xml', body: xml(error, 'ErrorResponse') }
}

const statusOf = (code: string): number => (serverFaults.includes(code) ? 500 : 400)

/** With `tls`, serves HTTPS. `silent` is answered by nothing at all. */
export const startLoopbackAws = async (tls?: { key: string; cert: string }) => {
  const sent: Sent[] = []
  const listener: RequestListener = async (request, response) => {
    const body = await bodyOf(request)
    sent.push({ method: request.method ?? '', path: request.url ?? '', headers: request.headers, body })
    if (body.includes('silent')) return
    const answer = reply(body, request.headers['x-amz-target'])
    response.writeHead(answer.status, { 'content-type': answer.type }).end(answer.body)
  }
  const server = tls ? createSecureServer(tls, listener) : createServer(listener)
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    sent,
    url: tls ? `https://localhost:${port}` : `http://127.0.0.1:${port}`,
    close: () => {
      server.closeAllConnections()
      return new Promise<void>(resolve => server.close(() => resolve()))
    },
  }
}

const bodyOf = async (request: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString()
}
