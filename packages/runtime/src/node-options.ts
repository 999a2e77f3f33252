/**
 * How Node runs our services: with room for 64 MB of young objects instead of 16. What a request makes lives until its batch is
 * stored, so that a small young generation is copied again and again; see docs/adr/0014. Understood by Node 20.19 and later.
 */
export const NODE_OPTIONS = '--max-semi-space-size=64';
