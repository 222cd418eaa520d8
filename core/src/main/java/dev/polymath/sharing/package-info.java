/** Parts that plug into a backbone's sites, so that tasks may differ there. */
package dev.polymath.sharing;
