"""Networks, told apart by marks: no address is kept, and nobody without the wiki's key makes it out of its mark."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from flask_babel import gettext as _

from wiki.accounts.marks import mark
from wiki.errors import Invalid

# How much of an address is a household: one IPv4 address, and all of a /64.
_HOUSEHOLD = {4: 32, 6: 64}
# Wider networks that may be blocked, by how much of the address they share.
_WIDER = {4: (24, 16), 6: (48, 32)}


def _address(told: str) -> IPv4Address | IPv6Address:
    address = ip_address(told)
    return (isinstance(address, IPv6Address) and address.ipv4_mapped) or address


def _mark(network: IPv4Network | IPv6Network) -> str:
    # As households were marked from the first, so that what is remembered still holds.
    if network.prefixlen == _HOUSEHOLD[network.version]:
        first = network.network_address
        told = first.exploded[:19] if isinstance(first, IPv6Address) else str(first)
    else:
        told = str(network)
    return mark("network", told)[:24]


def network_mark(told: str) -> str:
    """The mark of the household an address belongs to; of anything else, a mark of what was told."""
    try:
        address = _address(told)
    except ValueError:
        return mark("network", told)[:24]
    return _mark(ip_network((address, _HOUSEHOLD[address.version]), strict=False))


def marks_around(told: str) -> list[str]:
    """The marks of the household of an address and of the wider networks it belongs to."""
    try:
        address = _address(told)
    except ValueError:
        return [network_mark(told)]
    wider = (ip_network((address, length), strict=False) for length in _WIDER[address.version])
    return [network_mark(told), *map(_mark, wider)]


def mark_of_network(text: str) -> str:
    """The mark of a network as people write it: an address, or one and how much of it counts. Raises Invalid."""
    try:
        network = ip_network(text.strip(), strict=False)
    except ValueError:
        raise Invalid(_("Écrivez une adresse, par exemple 203.0.113.7 ou 203.0.113.0/24."), "address") from None
    if network.version == 6 and network.prefixlen > _HOUSEHOLD[6]:
        network = network.supernet(new_prefix=_HOUSEHOLD[6])
    lengths = (_HOUSEHOLD[network.version], *_WIDER[network.version])
    if network.prefixlen not in lengths:
        known = ", ".join(f"/{length}" for length in lengths)
        raise Invalid(_("Terminez l’adresse par l’un de ces nombres : %(lengths)s.", lengths=known), "address")
    return _mark(network)
