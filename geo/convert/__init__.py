"""Sessions of other systems, brought into the files of a study."""
