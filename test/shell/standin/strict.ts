/** Makes whatever the stand-in lacks fail loudly instead of being undefined. */

/** Names that runtimes look up on any object. */
const asked = new Set(['then', 'toJSON', 'inspect', 'constructor', 'nodeType', 'domain']);

/** The object, except that unknown names throw `… is not implemented in the stand-in`. */
export function strict<T extends object>(object: T, name: string): T {
  return new Proxy(object, {
    get: (target, key) => {
      if (typeof key === 'string' && !(key in target) && !asked.has(key) && !key.startsWith('_'))
        throw new Error(`electron.${name}.${key} is not implemented in the stand-in`);
      const value = Reflect.get(target, key, target) as unknown;
      // Private fields are the target's: a method must not be called on the proxy.
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
}

/** An Electron event that listeners may prevent. */
export interface PreventableEvent {
  defaultPrevented: boolean;
  preventDefault(): void;
}

/** A new event with the given properties. */
export const preventable = <T extends object>(properties?: T): PreventableEvent & T =>
  ({
    defaultPrevented: false,
    preventDefault() {
      this.defaultPrevented = true;
    },
    ...properties,
  }) as PreventableEvent & T;
