/*
 * Stacks and the switch between them. See common/src/fiber.h. Built twice,
 * with the switch in assembly and with ucontext.
 */

#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "fiber.h"
#include "wb/base.h"
#include "wb/testkit.h"

enum { STACK = 256 * 1024, ROUNDS = 1000, MANY = 50 };

/* A fiber that switches back to whoever made it, and what it has seen. */
struct visit {
    struct wb_fiber home, fiber;
    void *stack;
    char trace[64];
    uint64_t sum;
    int rounds;
    double real;
    uintptr_t misaligned;
};

static void note(struct visit *v, char c)
{
    size_t n = strlen(v->trace);
    v->trace[n] = c;
    v->trace[n + 1] = '\0';
}

static void start(struct visit *v, wb_fiber_fn fn)
{
    memset(v, 0, sizeof(*v));
    v->stack = wb_alloc(1, STACK);
    wb_fiber_thread(&v->home);
    wb_fiber_init(&v->fiber, v->stack, STACK, fn, v);
}

static void go(struct visit *v)
{
    wb_fiber_switch(&v->home, &v->fiber);
}

static void finish(struct visit *v)
{
    wb_fiber_destroy(&v->fiber);
    free(v->stack);
}

static void take_turns(void *arg)
{
    struct visit *v = arg;
    note(v, 'b');
    wb_fiber_switch(&v->fiber, &v->home);
    note(v, 'd');
    wb_fiber_leave(&v->fiber, &v->home);
}

static void test_switches_take_turns(void **state)
{
    (void)state;
    struct visit v;
    start(&v, take_turns);
    note(&v, 'a');
    go(&v);
    note(&v, 'c');
    go(&v);
    note(&v, 'e');
    assert_string_equal(v.trace, "abcde");
    finish(&v);
}

/* More values than there are registers, alive across the switch. */
static __attribute__((noinline)) uint64_t
mix(struct visit *v, uint64_t seed, struct wb_fiber *from, struct wb_fiber *to)
{
    uint64_t a = seed + 1, b = seed + 2, c = seed + 3, d = seed + 4;
    uint64_t e = seed + 5, f = seed + 6, g = seed + 7, h = seed + 8;
    double x = (double)seed + 0.5, y = (double)seed + 0.25;
    for (int i = 0; i < ROUNDS; i++) {
        v->rounds++;
        wb_fiber_switch(from, to);
        a += b, b ^= c, c += d, d ^= e, e += f, f ^= g, g += h, h ^= a;
        x = x / 2 + y, y = y / 2 + x;
    }
    v->real += x + y;
    return a ^ b ^ c ^ d ^ e ^ f ^ g ^ h;
}

static void mix_there(void *arg)
{
    struct visit *v = arg;
    v->sum = mix(v, 1000, &v->fiber, &v->home);
    wb_fiber_leave(&v->fiber, &v->home);
}

static void mix_alone(void *arg)
{
    struct visit *v = arg;
    for (;;)
        wb_fiber_switch(&v->fiber, &v->home);
}

static void test_registers_survive(void **state)
{
    (void)state;
    struct visit both, alone;
    start(&alone, mix_alone);
    uint64_t here = mix(&alone, 1, &alone.home, &alone.fiber);
    uint64_t there = mix(&alone, 1000, &alone.home, &alone.fiber);
    finish(&alone);
    start(&both, mix_there);
    go(&both);
    assert_true(mix(&both, 1, &both.home, &both.fiber) == here);
    assert_true(both.sum == there);
    assert_int_equal(both.rounds, 2 * ROUNDS);
    assert_true(both.real == alone.real);
    finish(&both);
}

/* The conventions want stacks on multiples of sixteen: code for vectors
 * crashes elsewhere. */
static void look_at_stack(void *arg)
{
    struct visit *v = arg;
    _Alignas(16) char aligned[32];
    char *volatile where = aligned;
    v->misaligned = (uintptr_t)where % 16;
    v->sum = (uintptr_t)where - (uintptr_t)v->stack;
    wb_fiber_leave(&v->fiber, &v->home);
}

static void test_stack_is_the_given_one_and_aligned(void **state)
{
    (void)state;
    struct visit v;
    start(&v, look_at_stack);
    go(&v);
    assert_int_equal(v.misaligned, 0);
#ifndef __SANITIZE_ADDRESS__ /* which may keep such variables elsewhere */
    assert_in_range(v.sum, STACK - 4096, STACK);
#endif
    finish(&v);
}

static void test_stack_can_be_used_again(void **state)
{
    (void)state;
    struct visit v;
    start(&v, take_turns);
    go(&v); /* left in the middle, frames and all */
    wb_fiber_destroy(&v.fiber);
    memset(v.stack, 0, STACK);
    v.trace[0] = '\0';
    wb_fiber_init(&v.fiber, v.stack, STACK, take_turns, &v);
    go(&v);
    go(&v);
    assert_string_equal(v.trace, "bd");
    finish(&v);
}

struct link {
    struct wb_fiber fiber, *back;
    struct link *next;
    void *stack;
    int *visited;
};

static void walk(void *arg)
{
    struct link *l = arg;
    ++*l->visited;
    if (l->next != NULL)
        wb_fiber_switch(&l->fiber, &l->next->fiber);
    wb_fiber_leave(&l->fiber, l->back);
}

static void test_a_chain_of_fibers_winds_back(void **state)
{
    (void)state;
    static struct link links[MANY];
    struct wb_fiber home;
    int visited = 0;
    wb_fiber_thread(&home);
    for (int i = 0; i < MANY; i++) {
        links[i].visited = &visited;
        links[i].back = i > 0 ? &links[i - 1].fiber : &home;
        links[i].next = i + 1 < MANY ? &links[i + 1] : NULL;
        links[i].stack = wb_alloc(1, STACK);
        wb_fiber_init(&links[i].fiber, links[i].stack, STACK, walk, &links[i]);
    }
    wb_fiber_switch(&home, &links[0].fiber);
    assert_int_equal(visited, MANY);
    for (int i = 0; i < MANY; i++) {
        wb_fiber_destroy(&links[i].fiber);
        free(links[i].stack);
    }
}

static void *visit_elsewhere(void *arg)
{
    struct visit v;
    start(&v, take_turns);
    go(&v);
    go(&v);
    *(size_t *)arg = strlen(v.trace);
    finish(&v);
    return NULL;
}

static void test_each_thread_has_fibers_of_its_own(void **state)
{
    (void)state;
    pthread_t threads[2];
    size_t lengths[2] = { 0, 0 };
    for (int i = 0; i < 2; i++)
        WB_MUST(
            pthread_create(&threads[i], NULL, visit_elsewhere, &lengths[i]));
    for (int i = 0; i < 2; i++)
        WB_MUST(pthread_join(threads[i], NULL));
    assert_int_equal(lengths[0], 2);
    assert_int_equal(lengths[1], 2);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_switches_take_turns),
    cmocka_unit_test(test_registers_survive),
    cmocka_unit_test(test_stack_is_the_given_one_and_aligned),
    cmocka_unit_test(test_stack_can_be_used_again),
    cmocka_unit_test(test_a_chain_of_fibers_winds_back),
    cmocka_unit_test(test_each_thread_has_fibers_of_its_own),
};

WB_TEST_MAIN(tests)
