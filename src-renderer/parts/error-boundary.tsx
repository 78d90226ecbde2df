/** Catches what breaks while a part of the window is drawn, so that the rest stays usable. */
import { Component } from 'react';
import type { ReactNode } from 'react';

/** Props: what to draw, and what to draw instead after a fault. */
export interface ErrorBoundaryProps {
  readonly children: ReactNode;
  readonly instead: ReactNode;
}

/** Draws `instead` once its children have thrown. */
export class ErrorBoundary extends Component<ErrorBoundaryProps, { readonly hasFailed: boolean }> {
  override state = { hasFailed: false };

  static getDerivedStateFromError(): { readonly hasFailed: boolean } {
    return { hasFailed: true };
  }

  override render(): ReactNode {
    return this.state.hasFailed ? this.props.instead : this.props.children;
  }
}
