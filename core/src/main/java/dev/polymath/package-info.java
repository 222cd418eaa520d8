/** What every package here needs: the exception for the user's mistakes, and the nearest valid choice to name in it. */
package dev.polymath;
