/* workers.c - see workers.h. Parent and worker speak over a socket: the parent
 * sends numbers of pieces, the worker frames of a kind, a length and that many bytes.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "workers.h"

#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    tick_ms = 100,
    max_frame = 1 << 20 /* bytes of a message */
};
#define no_piece UINT32_MAX /* no enum: those are ints */

typedef enum frame_kind { FRAME_SAID, FRAME_DONE, FRAME_FAILED } frame_kind;

typedef struct frame {
    uint32_t kind, length;
} frame;

typedef struct worker {
    pid_t pid;      /* 0: none */
    int fd;         /* -1: none */
    uint32_t piece; /* at hand, or no_piece */
    cs_buf in;      /* of its frames, not yet whole */
} worker;

/* What a piece said, until its turn comes. */
typedef struct piece {
    cs_buf said; /* frames */
    bool done;
} piece;

typedef struct pool {
    const cs_work *work;
    worker *workers;
    unsigned count;
    piece *pieces;
    uint32_t next, told; /* the next to be given out; those before are told */
    uint32_t finished;
    uint32_t again[cs_max_jobs]; /* pieces whose worker died */
    unsigned again_count;
} pool;

/* ---- a worker ---------------------------------------------------------------------- */

static int worker_socket = -1;

static bool send_all(int fd, const void *bytes, size_t len)
{
    const char *at = bytes;
    while (len > 0) {
        ssize_t n = send(fd, at, len, MSG_NOSIGNAL);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return false;
        at += n;
        len -= (size_t)n;
    }
    return true;
}

static void send_frame(frame_kind kind, const void *bytes, size_t len)
{
    frame head = {(uint32_t)kind, (uint32_t)len};
    if (!send_all(worker_socket, &head, sizeof head) || !send_all(worker_socket, bytes, len))
        _exit(1); /* nobody listens any more */
}

void cs_workers_say(cs_view message)
{
    send_frame(FRAME_SAID, message.data, message.len < max_frame ? message.len : max_frame);
}

_Noreturn static void be_worker(const cs_work *work, int fd, pid_t parent)
{
    worker_socket = fd;
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || getppid() != parent)
        _exit(1);
    for (;;) {
        uint32_t number;
        ssize_t n = recv(fd, &number, sizeof number, MSG_WAITALL);
        if (n < 0 && errno == EINTR)
            continue;
        if (n != (ssize_t)sizeof number || number >= work->pieces)
            _exit(0);
        cs_error error = {CS_OK, "", ""};
        cs_status status = work->work(work->context, number, &error);
        error.status = status;
        if (status == CS_OK)
            send_frame(FRAME_DONE, NULL, 0);
        else
            send_frame(FRAME_FAILED, &error, sizeof error);
    }
}

/* ---- the parent -------------------------------------------------------------------- */

static cs_status start_worker(pool *p, worker *w, cs_error *error)
{
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
        return cs_fail_errno(error, CS_IO, errno, "cannot start a worker");
    pid_t parent = getpid(), pid = fork();
    if (pid < 0) {
        int code = errno;
        close(ends[0]);
        close(ends[1]);
        return cs_fail_errno(error, CS_IO, code, "cannot start a worker");
    }
    if (pid == 0) {
        close(ends[0]);
        for (unsigned i = 0; i < p->count; i++)
            if (p->workers[i].fd >= 0)
                close(p->workers[i].fd); /* else the others never see its end */
        if (p->work->parent_fd >= 0)
            close(p->work->parent_fd);
        be_worker(p->work, ends[1], parent);
    }
    close(ends[1]);
    *w = (worker){.pid = pid, .fd = ends[0], .piece = no_piece};
    cs_buf_init(&w->in, max_frame + sizeof(frame));
    return CS_OK;
}

static void stop_worker(worker *w, bool at_once)
{
    if (w->fd >= 0)
        close(w->fd);
    if (w->pid > 0 && at_once)
        kill(w->pid, SIGKILL);
    while (w->pid > 0 && waitpid(w->pid, NULL, 0) < 0 && errno == EINTR)
        continue;
    cs_buf_release(&w->in);
    *w = (worker){.fd = -1, .piece = no_piece};
}

/* Gives a worker its next piece, if there is one; it is started when needed. */
static cs_status give(pool *p, worker *w, cs_error *error)
{
    if (p->again_count == 0 && p->next >= p->work->pieces)
        return CS_OK;
    cs_status status = w->pid == 0 ? start_worker(p, w, error) : CS_OK;
    if (status != CS_OK)
        return status;
    w->piece = p->again_count > 0 ? p->again[--p->again_count] : p->next++;
    send_all(w->fd, &w->piece, sizeof w->piece); /* if it fails the worker is dead: seen soon */
    return CS_OK;
}

/* Passes on what was said by the pieces whose turn it is. */
static void tell(pool *p)
{
    for (; p->told < p->work->pieces && p->pieces[p->told].done; p->told++) {
        cs_buf *said = &p->pieces[p->told].said;
        for (size_t at = 0; at < said->len;) {
            frame head;
            memcpy(&head, said->data + at, sizeof head);
            at += sizeof head;
            p->work->said(p->work->context, (cs_view){said->data + at, head.length});
            at += head.length;
        }
        cs_buf_release(said);
    }
}

static cs_status take_frame(pool *p, worker *w, frame head, const char *bytes, cs_error *error)
{
    piece *at = &p->pieces[w->piece];
    if (head.kind == FRAME_FAILED) {
        cs_error failure;
        memcpy(&failure, bytes, sizeof failure);
        if (error != NULL)
            *error = failure;
        return failure.status;
    }
    if (head.kind == FRAME_SAID) {
        cs_buf_add(&at->said, (const char *)&head, sizeof head);
        cs_buf_add(&at->said, bytes, head.length);
        return cs_buf_status(&at->said) == CS_OK ? CS_OK : cs_fail_memory(error);
    }
    at->done = true;
    p->finished++;
    w->piece = no_piece;
    tell(p);
    return give(p, w, error);
}

/* Takes the whole frames out of what has arrived. */
static cs_status take_frames(pool *p, worker *w, cs_error *error)
{
    size_t at = 0;
    cs_status status = CS_OK;
    while (status == CS_OK && w->in.len - at >= sizeof(frame)) {
        frame head;
        memcpy(&head, w->in.data + at, sizeof head);
        if (w->in.len - at - sizeof head < head.length)
            break;
        at += sizeof head + head.length;
        status = take_frame(p, w, head, w->in.data + at - head.length, error);
    }
    memmove(w->in.data, w->in.data + at, w->in.len - at);
    cs_buf_truncate(&w->in, w->in.len - at);
    return status;
}

/* A worker has closed its end: it was killed, or could not go on. */
static cs_status bury(pool *p, worker *w, cs_error *error)
{
    uint32_t number = w->piece;
    int state = 0;
    while (waitpid(w->pid, &state, 0) < 0 && errno == EINTR)
        continue;
    w->pid = 0;
    stop_worker(w, false);
    if (number == no_piece)
        return give(p, w, error); /* it had nothing to do: nothing is lost */
    cs_buf_clear(&p->pieces[number].said);
    cs_status status =
        p->work->died(p->work->context, number, WIFSIGNALED(state) ? WTERMSIG(state) : 0, error);
    if (status != CS_OK)
        return status;
    p->again[p->again_count++] = number;
    return give(p, w, error);
}

static cs_status hear(pool *p, worker *w, cs_error *error)
{
    char bytes[1 << 14];
    ssize_t n = recv(w->fd, bytes, sizeof bytes, MSG_DONTWAIT);
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return CS_OK;
    if (n <= 0)
        return bury(p, w, error);
    cs_buf_add(&w->in, bytes, (size_t)n);
    if (cs_buf_status(&w->in) != CS_OK)
        return cs_fail_memory(error);
    return take_frames(p, w, error);
}

static cs_status wait_and_hear(pool *p, cs_error *error)
{
    struct pollfd fds[cs_max_jobs];
    for (unsigned i = 0; i < p->count; i++)
        fds[i] = (struct pollfd){.fd = p->workers[i].fd, .events = POLLIN};
    int ready = poll(fds, p->count, tick_ms);
    if (ready < 0 && errno != EINTR)
        return cs_fail_errno(error, CS_IO, errno, "cannot wait for the workers");
    cs_status status = CS_OK;
    for (unsigned i = 0; i < p->count && ready > 0 && status == CS_OK; i++)
        if (fds[i].revents != 0)
            status = hear(p, &p->workers[i], error);
    if (p->work->interrupted != NULL && *p->work->interrupted != 0)
        status = cs_fail(error, CS_INTERRUPTED, "interrupted: the index is as it was");
    p->work->tick(p->work->context);
    return status;
}

cs_status cs_workers_run(const cs_work *work, cs_error *error)
{
    pool p = {.work = work};
    p.count = work->jobs < 1 ? 1 : work->jobs > cs_max_jobs ? cs_max_jobs : work->jobs;
    p.count = work->pieces < p.count ? work->pieces : p.count;
    p.workers = calloc(p.count + 1, sizeof *p.workers);
    p.pieces = calloc((size_t)work->pieces + 1, sizeof *p.pieces);
    for (unsigned i = 0; p.workers != NULL && i < p.count; i++)
        p.workers[i].fd = -1;
    cs_status status = p.workers == NULL || p.pieces == NULL ? cs_fail_memory(error) : CS_OK;
    for (uint32_t i = 0; status == CS_OK && i < work->pieces; i++)
        cs_buf_init(&p.pieces[i].said, 1 << 30);
    for (unsigned i = 0; status == CS_OK && i < p.count; i++)
        status = give(&p, &p.workers[i], error);
    while (status == CS_OK && p.finished < work->pieces)
        status = wait_and_hear(&p, error);
    for (unsigned i = 0; p.workers != NULL && i < p.count; i++)
        stop_worker(&p.workers[i], status != CS_OK);
    for (uint32_t i = 0; p.pieces != NULL && i < work->pieces; i++)
        cs_buf_release(&p.pieces[i].said);
    free(p.workers);
    free(p.pieces);
    return status;
}

unsigned cs_workers_processors(void)
{
    cpu_set_t set;
    int count = sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : 1;
    return count < 1 ? 1 : count > cs_max_jobs ? cs_max_jobs : (unsigned)count;
}
