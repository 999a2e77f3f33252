/** One process the supervisor looks after. */
export interface ServiceSpec {
  /** Also the name of its log and pid file. */
  name: string;
  /** The script and its arguments, for the Node that runs the services. */
  args: readonly string[];
  /** On top of the environment. */
  env: NodeJS.ProcessEnv;
  /** Answers 200 to a GET once it can work. */
  readyUrl: string;
}
