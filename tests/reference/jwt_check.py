#!/usr/bin/env python3
"""Verifies one of the product's access tokens with PyJWT, as an outside service would, and prints its claims' names.

  jwt_check.py BASE_URL TOKEN
  jwt_check.py BASE_URL < token      out of sight of the process list
The key comes from BASE_URL/.well-known/jwks.json; the issuer is BASE_URL unless said otherwise. Exits 1 with the
reason on stderr if the token does not verify. Run it with the interpreter of .cache/venv/jwt (setup.sh jwt).
"""

import argparse
import sys

import jwt

TYPE = "at+jwt"
CLAIMS = ["iss", "aud", "sub", "exp", "iat"]


def verified(token, keys_url, issuer, audience):
    header = jwt.get_unverified_header(token)
    if header.get("typ") != TYPE:
        raise jwt.InvalidTokenError(f"its type is {header.get('typ')!r}, not {TYPE!r}")
    key = jwt.PyJWKClient(keys_url, cache_keys=False, timeout=5).get_signing_key_from_jwt(token)
    options = {"require": CLAIMS}
    return jwt.decode(token, key, algorithms=["ES256"], audience=audience, issuer=issuer, options=options)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("base", help="where the deployment answers")
    parser.add_argument("token", nargs="?", help="the access token, if not on stdin")
    parser.add_argument("--issuer", help="the issuer that the token must name")
    parser.add_argument("--audience", default="vestibule")
    arguments = parser.parse_args()
    base = arguments.base.rstrip("/")
    token = (arguments.token or sys.stdin.read()).strip()
    try:
        claims = verified(token, f"{base}/.well-known/jwks.json", arguments.issuer or base, arguments.audience)
    except jwt.PyJWTError as error:
        sys.exit(f"the token does not verify: {type(error).__name__}: {error}")
    print(" ".join(sorted(claims)))


if __name__ == "__main__":
    main()
