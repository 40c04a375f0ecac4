/** What an IPv4 target group accepts, and what an RDS endpoint that is not publicly accessible can answer with. */
export const privateNetworks = ['10.0.0.0/8', '100.64.0.0/10', '172.16.0.0/12', '192.168.0.0/16']
