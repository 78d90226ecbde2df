/** The component library's theme: compact, and without anything that would need an inline style sheet under our CSP. */
import { ActionIcon, Button, createTheme, Drawer, Modal, TextInput, Tooltip } from '@mantine/core';

/** The theme; colours are in tokens.css. */
export const theme = createTheme({
  primaryColor: 'blue',
  primaryShade: { dark: 8, light: 7 },
  defaultRadius: 'default',
  cursorType: 'pointer',
  components: {
    ActionIcon: ActionIcon.extend({ defaultProps: { variant: 'subtle', color: 'gray', size: 'lg' } }),
    Button: Button.extend({ defaultProps: { size: 'sm' } }),
    // Locking the page's scroll writes a style sheet, and the page itself does not scroll.
    Drawer: Drawer.extend({ defaultProps: { lockScroll: false } }),
    Modal: Modal.extend({ defaultProps: { lockScroll: false, centered: true } }),
    TextInput: TextInput.extend({ defaultProps: { size: 'xs' } }),
    Tooltip: Tooltip.extend({ defaultProps: { openDelay: 400, withArrow: true } }),
  },
});
