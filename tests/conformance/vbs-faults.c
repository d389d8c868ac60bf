/* SPDX-License-Identifier: Apache-2.0 */
/*
 * vbs-run --faults: one script again and again, each time with another allocation failing. A run
 * must end, leak nothing, and either do what it does otherwise or tell that memory ran out: by
 * the error it ends with, or by one that the script itself handled.
 *
 * The runs share a child process, which is fast; a crash ends the child alone, and the next goes
 * on behind it.
 */
#include "vbs-run.h"

#include "base/clock.h"
#include "base/fault.h"
#include "library/vbscript/regexp-program.h"

#ifdef SURROGATE_FAULTS

#include "script/vbs/coverage.h"
#include "script/vbs/errors.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define FINDINGS_MAX 3
#define RUNS_MIN 40
#define SECONDS_MAX 30 /* for one run */

/* What the child tells the parent; shared memory, which survives a crash. */
struct progress {
	unsigned long n;
	bool finished, found;
};

struct outcome {
	char *output;
	size_t length;
	HRESULT hr;
	long leaked;
	bool told; /* that memory ran out */
};

static bool is_out_of_memory(HRESULT hr)
{
	return hr == E_OUTOFMEMORY || hr == VBS_HR(7) || hr == VBS_HR(14) || hr == VBS_HR(1001);
}

/* Runs once; the caller frees the output. `nth` 0: nothing fails. */
static struct outcome run_once(const struct run_script *script, unsigned long nth)
{
	struct outcome o = { 0 };
	long before = fault_live();

	run_output = open_memstream(&o.output, &o.length);
	vbs_coverage_reset();
	fault_arm(FAULT_ALLOC, nth, false);
	o.hr = run_script(script, false);
	regexp_program_forget(); /* patterns are kept for the process */
	o.leaked = fault_live() - before;
	o.told = is_out_of_memory(o.hr) || vbs_coverage_errors(7) > 0 ||
		 vbs_coverage_errors(14) > 0 || vbs_coverage_errors(1001) > 0;
	fclose(run_output);
	return o;
}

/* What was printed before the report of the error: its texts may be lost with the memory. */
static size_t printed(const struct outcome *o)
{
	size_t n = o->length;

	if (SUCCEEDED(o->hr) || !n)
		return n;
	for (n--; n > 0 && o->output[n - 1] != '\n'; n--)
		;
	return n;
}

static const char *complaint(const struct outcome *o, const struct outcome *plain)
{
	if (o->leaked)
		return "leaks memory";
	if (o->told)
		return NULL;
	if (o->hr != plain->hr)
		return "ends with another error than out of memory";
	if (printed(o) != printed(plain) || memcmp(o->output, plain->output, printed(o)) != 0)
		return "has another output, but there was no error";
	return NULL;
}

/* Which allocations fail: all, when there is time for it; else the first ones, and of the others
 * some, evenly. */
struct choice {
	unsigned long all, step;
};

static struct choice choose(unsigned long allocations, int64_t run_ns, unsigned budget_ms)
{
	unsigned long runs = budget_ms * (uint64_t)NSEC_PER_MSEC / (run_ns > 0 ? run_ns : 1);

	if (runs < RUNS_MIN)
		runs = RUNS_MIN;
	if (!budget_ms || allocations <= runs)
		return (struct choice){ allocations, 1 };
	return (struct choice){ runs / 2, (allocations - runs / 2) / (runs / 2) + 1 };
}

/* In the child. The first run makes what is made once in a process. */
static void child_run(const struct run_script *script, unsigned budget_ms, struct progress *at)
{
	struct outcome plain, o;
	struct choice choice;
	const char *wrong;
	clock_t began;

	alarm(SECONDS_MAX);
	plain = run_once(script, 0);
	free(plain.output);
	began = clock();
	plain = run_once(script, 0);
	choice = choose(fault_count(FAULT_ALLOC),
			(clock() - began) * (NSEC_PER_SEC / CLOCKS_PER_SEC), budget_ms);
	for (;; at->n += at->n < choice.all ? 1 : choice.step) {
		alarm(SECONDS_MAX);
		o = run_once(script, at->n);
		if (fault_count(FAULT_ALLOC) < at->n)
			break;
		wrong = complaint(&o, &plain);
		if (wrong) {
			printf("allocation %lu fails: the run %s (%ld blocks, error %d)\n%.*s\n",
			       at->n, wrong, o.leaked, o.hr & 0xFFFF, (int)o.length, o.output);
			at->found = true;
			break;
		}
		free(o.output);
	}
	at->finished = !at->found;
	fflush(stdout);
	_exit(0);
}

int run_with_faults(const struct run_script *script, unsigned budget_ms)
{
	struct progress *at =
		mmap(NULL, sizeof *at, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int findings = 0, status;

	if (at == MAP_FAILED)
		return 2;
	for (at->n = 1; !at->finished && findings < FINDINGS_MAX; at->n++) {
		pid_t pid = fork();

		if (pid < 0)
			return 2;
		at->found = false;
		if (!pid)
			child_run(script, budget_ms, at);
		if (waitpid(pid, &status, 0) != pid)
			return 2;
		if (WIFSIGNALED(status) || WEXITSTATUS(status))
			printf("allocation %lu fails: the run crashes (%s)\n", at->n,
			       WIFSIGNALED(status) ? strsignal(WTERMSIG(status)) : "sanitizer");
		else if (!at->found)
			continue;
		findings++;
	}
	return findings ? 3 : 0;
}

#endif
