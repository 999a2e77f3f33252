export interface PhoneNumber {
  /** `+8613800138000`. */
  readonly e164: string;
  /** ISO 3166-1 alpha-2, and XK, AC and TA. A number of no country has its calling code here: `+881`. */
  readonly country: string;
}
