/** Why a scenario was not run. */
export interface LeftOut {
  readonly leftOut: string;
}

export const leftOut = (reason: string): LeftOut => ({ leftOut: reason });
