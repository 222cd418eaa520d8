/** Backbones and the places (sites) where sharing parts plug in; reading them from folders in Hugging Face layout. No weights live here: they come from the interpreter. */
package dev.polymath.model;
