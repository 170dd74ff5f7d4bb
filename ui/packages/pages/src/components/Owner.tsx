export interface OwnerProps {
  /** A catalog group or user: `group:default/web`. */
  owner: string;
}

/** Who owns something, without what is the same for all; whole on hover. */
export function Owner({ owner }: OwnerProps) {
  return <span title={owner}>{owner.replace(/^(group|user):(default\/)?/, '')}</span>;
}
