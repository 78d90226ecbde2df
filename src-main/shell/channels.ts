/** The two IPC channels of the program: everything else is refused by having no name. */

/** Window to core: `invoke(callChannel, name, input)` answers a CallAnswer. */
export const callChannel = 'pacs:call';

/** Core to window: `send(eventChannel, name, event)`. */
export const eventChannel = 'pacs:event';
