/** The public host of a service: regional where the region is known, and of China where the region is there. */
export function awsHost(service: string, region: string): string {
  const domain = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
  return region === '' ? `${service}.${domain}` : `${service}.${region}.${domain}`;
}
