"""Any values of SIP, for properties."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from tocsin.wire.sip import Message, Uri

tokens = st.text("abcXYZ019.!%*_+`'~-", min_size=1, max_size=12)
texts = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=12)
"""Text that can be printed and has no blank: what a Call-ID may hold, as far as it is checked."""

hosts = st.from_regex(r"[a-z0-9]([a-z0-9._-]{0,10})", fullmatch=True) | st.ip_addresses(v=6).map("[{}]".format)
uris = (
    st.builds(
        Uri,
        scheme=st.sampled_from(["sip", "sips"]),
        user=st.none() | st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12),
        host=hosts,
        port=st.none() | st.integers(0, 65535),
    )
    | st.builds(Uri, scheme=st.just("tel"), user=st.from_regex(r"(\+[0-9]{1,15}|[0-9*#]{1,6})(;x=1)?", fullmatch=True))
    | st.builds(Uri, scheme=st.just("urn"), opaque=st.sampled_from(["service:sos", "service:sos.fire", "isbn:1"]))
)


def _message(said: dict[str, Any], request_or_response: dict[str, Any]) -> Message:
    return Message(**said, **request_or_response)


messages = st.builds(
    _message,
    st.fixed_dictionaries(
        {
            "method": tokens,
            "cseq": st.integers(0, 2**32 - 1),
            "call_id": texts,
            "from_uri": uris,
            "from_tag": st.none() | texts,
            "to_uri": uris,
            "to_tag": st.none() | texts,
            "branch": st.none() | texts,
            "cause": st.none() | st.integers(0, 127),
            "asserted": st.lists(uris, max_size=3).map(tuple),
        }
    ),
    st.fixed_dictionaries({"uri": uris}) | st.fixed_dictionaries({"status": st.integers(100, 699)}),
)
