"""Inventories and rules in the forms that others read: files of portals, desktops, navigation and the State."""
