// Compiled once, so that its precompiled <gtest/gtest.h> can be reused by every test.
