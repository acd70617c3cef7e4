"""One small invented quarter with its rules, stays and camera scene, made by code."""
