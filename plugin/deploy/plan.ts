import type { Color } from '../../webhook/policy/index.ts';
import type { TraefikServiceRef } from '../traefikservice/find.ts';
import type { ContainerImage } from './images.ts';
import type { ColorWorkload } from './workload.ts';

/** What deploying has to do, read from the objects: what is done already is no part of it. */
export interface DeployPlan {
  readonly found: TraefikServiceRef;
  readonly color: Color;
  readonly workload: ColorWorkload;
  /** Images as asked for. */
  readonly images: readonly ContainerImage[];
  /** Those of them that the workload does not have yet. */
  readonly changed: readonly ContainerImage[];
  /** Null where the number stays. */
  readonly replicas: number | null;
  /** It is the color to roll back to, which it cannot be any more with another image. */
  readonly forget: boolean;
  /** It leaves the list first, because the rollout may leave it without a ready pod. */
  readonly detach: boolean;
}
