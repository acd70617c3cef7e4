"""Recipes that turn published networks into the weights this project ships."""
