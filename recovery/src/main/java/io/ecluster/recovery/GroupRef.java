package io.ecluster.recovery;

import io.ecluster.multiformats.Cid;

/**
 * Which group it is.
 *
 * @param root what the user knows
 * @param name of the root's pin
 * @param number of the group in its coding, from 0
 * @param of how many groups the coding has
 * @param seed the same for a group whoever plans, so that two that plan at once agree
 */
record GroupRef(Cid root, String name, int number, int of, long seed) {}
