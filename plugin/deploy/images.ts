import type { JsonObject } from '../../common/json.ts';
import { UsageError, UserError } from '../kube/errors.ts';
import { nameOf } from '../../common/objects.ts';
import { objectsAt, stringAt } from '../../common/json-paths.ts';

/** Every container, as `kubectl set image` has it. */
const EVERY = '*';

/** One --image: a container's name, `*`, or null where it was left out, and its new image. */
export interface WantedImage {
  readonly container: string | null;
  readonly image: string;
}

/** A container of a pod template with the image that it is to have. */
export interface ContainerImage {
  readonly list: 'containers' | 'initContainers';
  readonly name: string;
  readonly image: string;
}

/** Reads `CONTAINER=IMAGE` or `IMAGE`, each as given. Throws a UsageError. */
export function parseImages(values: readonly string[]): readonly WantedImage[] {
  const wanted = values.map((value) => {
    const sign = value.indexOf('=');
    const container = sign < 0 ? null : value.slice(0, sign);
    const image = value.slice(sign + 1);
    if (container === '' || image === '' || /\s/.test(value)) {
      throw new UsageError(`invalid argument "${value}" for "--image" flag: expected CONTAINER=IMAGE, or IMAGE alone`);
    }
    return { container, image };
  });
  const names = wanted.map(({ container }) => container);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) {
    throw new UsageError(twice === null ? 'IMAGE alone may stand once' : `--image names container "${twice}" twice`);
  }
  if (wanted.length > 1 && names.includes(null)) {
    throw new UsageError('with several images, name the container of each: --image CONTAINER=IMAGE');
  }
  if (wanted.length > 1 && names.includes(EVERY)) throw new UsageError("--image '*=IMAGE' excludes others");
  return wanted;
}

/** The containers of a workload, init containers behind the others. */
export function containersOf(workload: JsonObject): readonly ContainerImage[] {
  function of(list: ContainerImage['list']): readonly ContainerImage[] {
    return objectsAt(workload, 'spec', 'template', 'spec', list).map((container) => ({
      list,
      name: nameIn(container),
      image: stringAt(container, 'image') ?? '',
    }));
  }
  return [...of('containers'), ...of('initContainers')];
}

/** Finds the container of each wanted image. Throws a UserError that names the containers there are. */
export function placeImages(workload: JsonObject, wanted: readonly WantedImage[]): readonly ContainerImage[] {
  const all = containersOf(workload);
  const main = all.filter(({ list }) => list === 'containers');
  const names = all.map(({ name }) => name).join(', ');
  return wanted.flatMap(({ container, image }) => {
    const [only] = main;
    if (container === EVERY) return all.map((each) => ({ ...each, image }));
    if (container === null && main.length === 1 && only !== undefined) return { ...only, image };
    if (container === null) {
      throw new UserError(
        `${nameOf(workload)} has several containers (${names}): say which, --image CONTAINER=${image}`,
      );
    }
    const found = all.find(({ name }) => name === container);
    if (found === undefined) throw new UserError(`${nameOf(workload)} has no container "${container}", only ${names}`);
    return { ...found, image };
  });
}

/** Those of the images that a workload's template does not have yet. */
export function changedImages(workload: JsonObject, placed: readonly ContainerImage[]): readonly ContainerImage[] {
  const now = containersOf(workload);
  return placed.filter(({ list, name, image }) =>
    now.some((each) => each.list === list && each.name === name && each.image !== image),
  );
}

/** Whether a workload's template has all of the images already. */
export function hasImages(workload: JsonObject, wanted: readonly WantedImage[]): boolean {
  try {
    return changedImages(workload, placeImages(workload, wanted)).length === 0;
  } catch {
    return false;
  }
}

function nameIn(container: JsonObject): string {
  return stringAt(container, 'name') ?? '';
}
