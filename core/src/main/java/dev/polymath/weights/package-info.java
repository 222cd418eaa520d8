/**
 * Named arrays, safetensors files, arithmetic on weights, and digests of both. Nothing here knows what a weight is for:
 * merging methods, adapters and graphs live elsewhere and use this.
 */
package dev.polymath.weights;
