/**
 * What decides whether this page may reach the laptop by itself. Reading it asks the user nothing and sends nothing.
 */
export interface Surroundings {
  /** The page itself comes from this computer or a private network address: browsers do not gate it. */
  near: boolean;
  /** https, or as good as it; a permission can only be had there. */
  secure: boolean;
  /** Whether the frame was allowed to ask (Permissions-Policy); a cross-origin output frame mostly is not. */
  delegated: boolean;
  permission: 'granted' | 'denied' | 'prompt' | 'unknown';
}

const LOOPBACK = /^(localhost|.*\.localhost|127(\.\d+){3}|\[::1\])$/;
const PRIVATE = /^(10(\.\d+){3}|192\.168(\.\d+){2}|172\.(1[6-9]|2\d|3[01])(\.\d+){2}|\[f[cd][0-9a-f:]+\])$/;

export function isLoopback(hostname: string): boolean {
  return LOOPBACK.test(hostname);
}

/** Whether the host name alone says that the address is not public. */
export function isNear(hostname: string): boolean {
  return isLoopback(hostname) || PRIVATE.test(hostname);
}

/** Chrome 145 split the permission; 142 to 144 know only the second name. */
const PERMISSIONS = ['loopback-network', 'local-network-access'];

interface PolicyDocument {
  permissionsPolicy?: { allowsFeature(feature: string): boolean; features(): string[] };
  featurePolicy?: { allowsFeature(feature: string): boolean; features(): string[] };
}

function delegated(document: PolicyDocument): boolean {
  const policy = document.permissionsPolicy ?? document.featurePolicy;
  const known = PERMISSIONS.filter((feature) => policy?.features().includes(feature));
  const [feature] = known;
  return policy === undefined || feature === undefined || policy.allowsFeature(feature);
}

async function permission({ permissions }: { permissions?: Permissions }): Promise<Surroundings['permission']> {
  for (const name of PERMISSIONS) {
    try {
      const status = await permissions?.query({ name: name as PermissionName });
      if (status) return status.state;
    } catch {
      // Another browser, or an older one: it has no permission of this name.
    }
  }
  return 'unknown';
}

export async function lookAround(window: Window & typeof globalThis): Promise<Surroundings> {
  return {
    near: isNear(window.location.hostname),
    secure: window.isSecureContext,
    delegated: delegated(window.document as PolicyDocument),
    permission: await permission(window.navigator),
  };
}
