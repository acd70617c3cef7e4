"""The calibration page: served by the device itself to the person who installs a camera."""
