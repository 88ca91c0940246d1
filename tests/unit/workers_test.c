/* workers_test.c - tests of indexer/workers.c.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "workers.h"

enum { max_pieces = 200 };

/* In memory that all processes share. */
typedef struct memory {
    atomic_uint done[max_pieces]; /* how often each piece was begun */
    atomic_uint processes;        /* that have begun a piece */
    atomic_bool lock_is_open;     /* in a worker */
} memory;

typedef struct job {
    memory *memory;
    uint32_t killer; /* a piece that kills its worker so often */
    unsigned kills;
    uint32_t failing; /* a piece that fails */
    bool slow, mute, chatty, stuck;
    int lock;
    bool forgive;       /* what `died` answers */
    unsigned deaths;    /* that were told */
    uint32_t last_said; /* they come in order */
    unsigned said, ticks;
    int signal;
} job;

static pid_t last_worker;

static void nap(long ms)
{
    nanosleep(&(struct timespec){ms / 1000, ms % 1000 * 1000000}, NULL);
}

static cs_status work(void *context, uint32_t piece, cs_error *error)
{
    job *j = context;
    char text[64];
    if (last_worker != getpid())
        atomic_fetch_add(&j->memory->processes, 1);
    last_worker = getpid();
    unsigned times = atomic_fetch_add(&j->memory->done[piece], 1);
    if (j->lock >= 0 && fcntl(j->lock, F_GETFD) >= 0)
        atomic_store(&j->memory->lock_is_open, true);
    snprintf(text, sizeof text, "%u one", piece);
    if (!j->mute)
        cs_workers_say(cs_view_of(text));
    if (piece == j->killer && times < j->kills)
        raise(SIGKILL);
    if (piece == j->failing)
        return cs_fail(error, CS_LIMIT, "piece %u cannot be done", piece);
    if (j->stuck)
        nap(20000);
    if (j->slow)
        nap(piece % 3 * 5);
    snprintf(text, sizeof text, "%u two", piece);
    for (int i = 0; i < (j->chatty ? 5000 : !j->mute); i++)
        cs_workers_say(cs_view_of(text));
    return CS_OK;
}

static void said(void *context, cs_view message)
{
    job *j = context;
    char text[64];
    uint32_t piece;
    snprintf(text, sizeof text, "%.*s", (int)message.len, message.data);
    assert_int_equal(sscanf(text, "%u", &piece), 1);
    assert_true(piece == j->last_said || piece == j->last_said + 1);
    j->last_said = piece;
    j->said++;
}

static cs_status died(void *context, uint32_t piece, int number, cs_error *error)
{
    job *j = context;
    j->deaths++;
    j->signal = number;
    assert_int_equal(piece, j->killer);
    return j->forgive ? CS_OK : cs_fail(error, CS_IO, "a worker died");
}

static void tick(void *context)
{
    ((job *)context)->ticks++;
}

static job new_job(void)
{
    void *map =
        mmap(NULL, sizeof(memory), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    assert_true(map != MAP_FAILED);
    return (job){
        .memory = map, .killer = UINT32_MAX, .failing = UINT32_MAX, .lock = -1, .forgive = true};
}

static cs_status run(job *j, uint32_t pieces, unsigned jobs, cs_error *error)
{
    cs_work w = {.pieces = pieces,
                 .jobs = jobs,
                 .parent_fd = j->lock,
                 .context = j,
                 .work = work,
                 .said = said,
                 .died = died,
                 .tick = tick};
    cs_status status = cs_workers_run(&w, error);
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1); /* no worker is left */
    return status;
}

static void release(job *j)
{
    munmap(j->memory, sizeof *j->memory);
}

static void test_all_pieces_once_and_in_order(void **state)
{
    static const unsigned jobs[] = {1, 2, 5, 300};
    (void)state;
    for (size_t i = 0; i < sizeof jobs / sizeof *jobs; i++) {
        job j = new_job();
        j.slow = true;
        assert_int_equal(run(&j, 40, jobs[i], NULL), CS_OK);
        for (uint32_t piece = 0; piece < 40; piece++)
            assert_int_equal(j.memory->done[piece], 1);
        assert_int_equal(j.said, 80);
        assert_true(j.memory->processes <= (jobs[i] < 40 ? jobs[i] : 40));
        assert_true(j.ticks > 0);
        release(&j);
    }
}

static void test_no_pieces(void **state)
{
    job j = new_job();
    (void)state;
    assert_int_equal(run(&j, 0, 4, NULL), CS_OK);
    assert_int_equal(j.memory->processes, 0);
    release(&j);
}

/* More than a socket holds, of pieces whose turn has not come. */
static void test_much_is_said(void **state)
{
    job j = new_job();
    (void)state;
    j.chatty = true;
    assert_int_equal(run(&j, 6, 3, NULL), CS_OK);
    assert_int_equal(j.said, 6 * 5001);
    release(&j);
}

static void test_a_killed_worker_is_replaced(void **state)
{
    static const unsigned jobs[] = {1, 2, 5};
    (void)state;
    for (size_t i = 0; i < sizeof jobs / sizeof *jobs; i++) {
        job j = new_job();
        j.killer = 7;
        j.kills = 3;
        assert_int_equal(run(&j, 20, jobs[i], NULL), CS_OK);
        assert_int_equal(j.deaths, 3);
        assert_int_equal(j.signal, SIGKILL);
        assert_int_equal(j.memory->done[7], 4);
        assert_int_equal(j.said, 40); /* nothing of those that died */
        release(&j);
    }
}

static void test_a_killed_worker_can_end_the_run(void **state)
{
    job j = new_job();
    cs_error error = {0};
    (void)state;
    j.killer = 3;
    j.kills = 1;
    j.forgive = false;
    assert_int_equal(run(&j, 20, 2, &error), CS_IO);
    assert_string_equal(error.message, "a worker died");
    release(&j);
}

static void test_a_failure_ends_the_run(void **state)
{
    job j = new_job();
    cs_error error = {0};
    (void)state;
    j.failing = 5;
    assert_int_equal(run(&j, max_pieces, 2, &error), CS_LIMIT);
    assert_int_equal(error.status, CS_LIMIT);
    assert_string_equal(error.message, "piece 5 cannot be done");
    assert_int_equal(j.memory->done[max_pieces - 1], 0);
    release(&j);
}

static volatile sig_atomic_t stop;

static void on_alarm(int number)
{
    stop = number;
}

static void test_it_stops_when_told(void **state)
{
    job j = new_job();
    (void)state;
    j.slow = true;
    stop = 0;
    signal(SIGALRM, on_alarm);
    ualarm(30000, 0);
    cs_work w = {.pieces = max_pieces,
                 .jobs = 1,
                 .parent_fd = -1,
                 .context = &j,
                 .interrupted = &stop,
                 .work = work,
                 .said = said,
                 .died = died,
                 .tick = tick};
    assert_int_equal(cs_workers_run(&w, NULL), CS_INTERRUPTED);
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
    assert_int_equal(j.memory->done[max_pieces - 1], 0);
    signal(SIGALRM, SIG_DFL);
    release(&j);
}

/* A lock that a worker held would outlive its holder. */
static void test_workers_close_the_lock(void **state)
{
    job j = new_job();
    (void)state;
    j.lock = open("/dev/null", O_RDWR);
    assert_true(j.lock >= 0);
    assert_int_equal(run(&j, 10, 2, NULL), CS_OK);
    assert_false(j.memory->lock_is_open);
    assert_true(fcntl(j.lock, F_GETFD) >= 0); /* here it stays */
    close(j.lock);
    release(&j);
}

/* Workers that have nothing to do are killed while another still works. */
static cs_status work_or_be_killed(void *context, uint32_t piece, cs_error *error)
{
    memory *m = ((job *)context)->memory;
    (void)error;
    if (piece == 0) { /* the others have died when it ends */
        while (atomic_load(&m->processes) < 2)
            nap(5);
        nap(50);
        return CS_OK;
    }
    pid_t self = getpid(), killer = fork();
    if (killer == 0) { /* once the piece is done */
        nap(20);
        kill(self, SIGKILL);
        _exit(0);
    }
    atomic_fetch_add(&m->processes, 1);
    return killer < 0 ? CS_MEMORY : CS_OK;
}

static void test_an_idle_worker_may_die(void **state)
{
    job j = new_job();
    (void)state;
    cs_work w = {.pieces = 3,
                 .jobs = 3,
                 .parent_fd = -1,
                 .context = &j,
                 .work = work_or_be_killed,
                 .said = said,
                 .died = died,
                 .tick = tick};
    assert_int_equal(cs_workers_run(&w, NULL), CS_OK);
    assert_int_equal(j.deaths, 0);
    release(&j);
}

/* The parent is killed: its workers end too. */
static void test_workers_end_with_their_parent(void **state)
{
    int ends[2];
    char byte;
    (void)state;
    assert_int_equal(pipe(ends), 0);
    pid_t parent = fork();
    assert_true(parent >= 0);
    if (parent == 0) {
        job j = new_job();
        close(ends[0]);
        j.stuck = j.mute = true;
        run(&j, max_pieces, 3, NULL); /* the pipe's end is with all of them */
        _exit(0);
    }
    close(ends[1]);
    nap(60);
    kill(parent, SIGKILL);
    assert_int_equal(waitpid(parent, NULL, 0), parent);
    struct pollfd end = {.fd = ends[0], .events = POLLIN};
    assert_int_equal(poll(&end, 1, 5000), 1);
    assert_int_equal(read(ends[0], &byte, 1), 0); /* nobody has it any more */
    close(ends[0]);
}

static void test_processors(void **state)
{
    (void)state;
    assert_in_range(cs_workers_processors(), 1, cs_max_jobs);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_all_pieces_once_and_in_order),
        cmocka_unit_test(test_no_pieces),
        cmocka_unit_test(test_much_is_said),
        cmocka_unit_test(test_a_killed_worker_is_replaced),
        cmocka_unit_test(test_a_killed_worker_can_end_the_run),
        cmocka_unit_test(test_a_failure_ends_the_run),
        cmocka_unit_test(test_it_stops_when_told),
        cmocka_unit_test(test_workers_close_the_lock),
        cmocka_unit_test(test_an_idle_worker_may_die),
        cmocka_unit_test(test_workers_end_with_their_parent),
        cmocka_unit_test(test_processors),
    };
    return cmocka_run_group_tests_name("workers", tests, NULL, NULL);
}
