/** A link inside the app: a true address, followed without loading the page anew. */

import type { AnchorHTMLAttributes, MouseEvent } from "react";
import { navigate, pathKeepingLanguage, useAddress } from "./location";

type LinkProps = AnchorHTMLAttributes<HTMLAnchorElement> & { to: string };

export function Link({ to, children, ...rest }: LinkProps) {
  const href = pathKeepingLanguage(useAddress(), to);
  const follow = (event: MouseEvent) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    navigate(href);
    window.scrollTo(0, 0);
  };
  return (
    <a href={href} onClick={follow} {...rest}>
      {children}
    </a>
  );
}
