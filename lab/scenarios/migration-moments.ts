/** What a migration records in the timeline, for those who read it again. */
export const migrationMoments = {
  deployed: 'A stage is deployed',
  passed: 'The stage has been passed',
  failoverBegins: 'A failover in the middle of the stage begins',
  failoverEnds: 'The failover is over for everybody',
  readersMove: 'The clients of the readers move by name and port',
  readers: 'What the clients of the readers met',
  left: 'What is left of the load balancer',
  accessLog: 'The access log of the gateway',
} as const
