/** Named arrays, safetensors files, and arithmetic on them. Nothing here knows what a weight is for. */
package dev.polymath.weights;
