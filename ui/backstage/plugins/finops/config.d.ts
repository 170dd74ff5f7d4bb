export interface Config {
  /** The pages of finops-assets. */
  finops?: {
    /**
     * The path under `proxy.endpoints` that leads to the FinOps API; `/finops` when it is not said.
     *
     * @visibility frontend
     */
    proxyPath?: string;
  };
}
