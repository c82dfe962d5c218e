// Types of the Holdfast SDK for browsers. SPDX-License-Identifier: Apache-2.0

/** What is captured by itself. Every part is on unless it is set to `false`, `rage` excepted. */
export interface Autocapture {
  clicks?: boolean;
  changes?: boolean;
  submits?: boolean;
  /** Page views, with those that come without a load. */
  pages?: boolean;
  /** An event of type `rage` at the third click within a second on the same element. */
  rage?: boolean;
  /** The labels of buttons. */
  text?: boolean;
  /** Words in small letters that labels may hold beside the SDK's own list. */
  words?: string[];
  /** `data-` attributes of the clicked control that are sent where they look like a word. */
  attributes?: string[];
}

export interface Options {
  /** The collect door, for example `https://collect.example.com`; the script's own origin if left out. */
  host?: string;
  /** Nothing is captured by itself unless this is set. */
  autocapture?: boolean | Autocapture;
  /** Where ids are kept; events that wait are kept by `local` and `session`. */
  storage?: "local" | "session" | "cookie" | "memory";
  /** `pending` sends and stores nothing before `optIn`. */
  consent?: "granted" | "pending";
  /** Treats a browser that asks not to be tracked by Global Privacy Control as opted out. */
  respectGpc?: boolean;
  /** The share of visitors whose events are sent, from 0 to 1; a visitor is in or out for good. */
  sample?: number;
}

export interface CallOptions {
  context?: Record<string, unknown>;
  integrations?: Record<string, unknown>;
  timestamp?: string | Date;
  messageId?: string;
  anonymousId?: string;
  userId?: string;
}

export interface User {
  userId?: string;
  anonymousId: string;
  groupId?: string;
  traits: Record<string, unknown>;
  consent: "granted" | "pending" | "denied";
}

type Values = Record<string, unknown>;
type Done = () => void;

/** One source's calls. None of them ever throws. */
export interface Holdfast {
  identify(userId: string | number, traits?: Values, options?: CallOptions, done?: Done): void;
  identify(traits: Values, options?: CallOptions, done?: Done): void;
  track(event: string, properties?: Values, options?: CallOptions, done?: Done): void;
  page(properties?: Values, options?: CallOptions, done?: Done): void;
  page(name: string, properties?: Values, options?: CallOptions, done?: Done): void;
  page(category: string | null, name: string, properties?: Values, options?: CallOptions, done?: Done): void;
  group(groupId: string | number, traits?: Values, options?: CallOptions, done?: Done): void;
  alias(userId: string, previousId?: string, options?: CallOptions, done?: Done): void;
  /** Forgets who the visitor is, and makes a new anonymous id. */
  reset(): void;
  /** Sends nothing any more, and forgets ids and whatever waits; remembered where storage allows. */
  optOut(): void;
  optIn(): void;
  /** Resolves when everything that waits has been tried. */
  flush(): Promise<void>;
  ready(work?: Done): Promise<Holdfast>;
  user(): User;
  /** A source's calls; the same ones for the same write key. */
  load(writeKey: string, options?: Options): Holdfast;
}

export function load(writeKey: string, options?: Options): Holdfast;
export const version: string;
/** The calls of the source that was loaded first. */
declare const holdfast: Holdfast & { version: string };
export default holdfast;

declare global {
  interface Window {
    holdfast: Holdfast & { version: string };
  }
}
