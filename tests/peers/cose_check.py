"""Checks our signatures with a COSE library that shares no code with us (PyPI pycose, RFC 9052).

Every golden vector that is an untagged COSE_Sign1 must verify under the key it names, and must not with any one bit of its
payload flipped. Every signed message of protocol/src/wire/kinds.rs must be among them.
"""

import re
import sys
from pathlib import Path

import cbor2
from pycose.headers import KID, Algorithm, ContentType
from pycose.keys import OKPKey
from pycose.keys.curves import Ed25519
from pycose.messages import Sign1Message

SIGN1_TAG = b"\xd2"  # pycose reads tagged messages only; ours stand where nothing else can.
UNSIGNED = {"charter"}  # A charter's signatures are the approvals beside it.


def sign1_of(data: bytes):
    """The four parts if these bytes are a COSE_Sign1 with an empty unprotected header."""
    try:
        parts = cbor2.loads(data)
    except (cbor2.CBORDecodeError, ValueError, EOFError):
        return None
    if isinstance(parts, list) and len(parts) == 4 and parts[1] == {} and all(isinstance(parts[i], bytes) for i in (0, 2, 3)):
        return parts if len(parts[3]) == 64 else None
    return None


def found_in(value):
    """Messages inside a message: approvals in a charter epoch, a share in its payload."""
    if isinstance(value, bytes):
        if parts := sign1_of(value):
            yield value, parts
    elif isinstance(value, list):
        if len(value) == 4 and value[1] == {} and all(isinstance(value[i], bytes) for i in (0, 2, 3)) and len(value[3]) == 64:
            yield cbor2.dumps(value), value
        for item in value:
            yield from found_in(item)
    elif isinstance(value, dict):
        for item in value.values():
            yield from found_in(item)


def verifies(data: bytes, payload: bytes | None = None) -> tuple[str, bool]:
    """The kind that the message names, and whether its signature holds (with another payload, if given)."""
    message = Sign1Message.decode(SIGN1_TAG + data)
    content_type = message.phdr[ContentType]
    kind = re.fullmatch(r"application/vnd\.icmc\.([a-z-]+)\.v1\+cbor", content_type).group(1)
    assert message.phdr[Algorithm].fullname == "EDDSA", "another algorithm"
    message.key = OKPKey(crv=Ed25519, x=message.phdr[KID])
    message.external_aad = f"icmc/v1/{kind}".encode()
    if payload is not None:
        message.payload = payload
    return kind, bool(message.verify_signature())


def flipped(payload: bytes):
    for bit in (0, len(payload) * 4, len(payload) * 8 - 1):
        changed = bytearray(payload)
        changed[bit // 8] ^= 1 << (bit % 8)
        yield bytes(changed)


def main(root: Path) -> int:
    kinds = set(re.findall(r'Self::\w+ => "([a-z-]+)"', (root / "protocol/src/wire/kinds.rs").read_text())) - UNSIGNED
    checked: dict[str, int] = {}
    # Those in the folder `hostile` are made not to verify.
    for path in sorted((root / "protocol/tests/vectors").glob("*.hex")):
        data = bytes.fromhex(path.read_text().replace("\n", ""))
        try:
            value = cbor2.loads(data)
        except (cbor2.CBORDecodeError, ValueError, EOFError):
            continue
        for signed, parts in found_in(data) if sign1_of(data) else found_in(value):
            kind, holds = verifies(signed)
            if not holds:
                print(f"{path.name}: the signature of a {kind} does not verify")
                return 1
            if any(verifies(signed, payload)[1] for payload in flipped(parts[2])):
                print(f"{path.name}: a {kind} verifies with a flipped bit")
                return 1
            checked[kind] = checked.get(kind, 0) + 1
    print("pycose verified:", ", ".join(f"{kind} ({count})" for kind, count in sorted(checked.items())))
    if missing := kinds - set(checked):
        print("no signed golden vector of:", ", ".join(sorted(missing)))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
