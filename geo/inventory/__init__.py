"""Inventories of bays in: any known format to bays, with a report in which every row is accounted for."""
