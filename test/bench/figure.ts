/** One promised number and what was measured. */
export interface Figure {
  readonly figure: string;
  readonly measured: string;
  readonly budget: string;
  readonly within: boolean;
}
