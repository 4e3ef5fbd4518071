"""Cities and towns by their name, with where they are: a bundled gazetteer, asked without any other machine.

It knows every place of 500 inhabitants or more where French is spoken, and every city of 15,000 elsewhere. The data
are GeoNames' (CC BY 4.0); `make vendor` builds the file anew. The time zone of a place comes from the tz database.
"""

from wiki.places.clocks import zone, zones
from wiki.places.gazetteer import Place, find, suggest
from wiki.places.locating import locator

__all__ = ["Place", "find", "locator", "suggest", "zone", "zones"]
