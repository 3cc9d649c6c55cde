/* Counts the file and socket calls of a process, and makes one of them fail.
 *
 * Loaded by LD_PRELOAD into the program under test; tests/it/faulted compiles it. Nothing of libc is replaced: a
 * seccomp filter makes the kernel hand each counted call to a signal handler in here, which carries it out or fails
 * it. So calls that libc makes inside itself, and those of libraries that speak to the kernel without libc (rustix),
 * are met like all others.
 *
 *   EVSCTL_SHIM_LOG   a file of LOG_BYTES bytes: a header, then a record for each call (see struct log)
 *   EVSCTL_SHIM_AT    the number of the call that fails, from 1; 0 or nothing: none does
 *   EVSCTL_SHIM_ONLY  the only calls that count, as in "statx test.lock"; else all of them
 *   EVSCTL_SHIM_HOW   0 the call's first error, 1 its second, 2 only a part of it is done,
 *                     3 the first error, and for all later calls of the same kind on the same thing too
 *
 * What can be wrong here ends the process with code 97, so that no test takes it for a run without faults.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

#ifndef __x86_64__
#error "the registers of another processor are not known here"
#endif

#define RECORDS 16384
#define TEXT 40

struct record {
	char call[20];   /* the system call's name */
	uint32_t part;   /* 1: it can be done in part */
	char on[TEXT];   /* the last part of its path, or what its descriptor is */
};

struct log {
	uint32_t ready;  /* 1 once calls are counted */
	uint32_t count;  /* how many there were */
	uint32_t failed; /* the number of the first that failed */
	uint32_t broken; /* how many were failed in all */
	char room[48];
	struct record records[RECORDS];
};

static struct log *log_;
static uint32_t at, how;
static const char *only;

/* ---- the kernel, spoken to from the one address that the filter lets pass ---- */

extern char shim_passed[];
long shim_call(long n, long a, long b, long c, long d, long e, long f);
__asm__(".text\n.globl shim_call\n.hidden shim_call\n.globl shim_passed\n.hidden shim_passed\n"
	"shim_call:\n\tmov %rdi,%rax\n\tmov %rsi,%rdi\n\tmov %rdx,%rsi\n\tmov %rcx,%rdx\n\tmov %r8,%r10\n"
	"\tmov %r9,%r8\n\tmov 8(%rsp),%r9\n\tsyscall\nshim_passed:\n\tret\n");

static long call3(long n, long a, long b, long c) { return shim_call(n, a, b, c, 0, 0, 0); }

static void give_up(const char *why)
{
	call3(SYS_write, 2, (long)why, (long)strlen(why));
	call3(SYS_exit_group, 97, 0, 0);
}

/* ---- which calls, on what, and how they fail ---- */

enum { PATH0, PATH1, FD0, NOTHING };
enum { WHOLE, READS, WRITES, RECEIVES, SENDS };

struct kind {
	int call;
	const char *name;
	int names;  /* which argument says on what */
	int part;   /* whether it can be done in part */
	int file[2];   /* its errors on a file */
	int socket[2]; /* its errors on a socket; 0: as on a file */
};

#define KIND(name, ...) { SYS_##name, #name, __VA_ARGS__ }
static const struct kind kinds[] = {
	KIND(open, PATH0, WHOLE, { EIO, EMFILE }, { 0, 0 }),
	KIND(openat, PATH1, WHOLE, { EIO, EMFILE }, { 0, 0 }),
	KIND(openat2, PATH1, WHOLE, { EIO, EMFILE }, { 0, 0 }),
	KIND(creat, PATH0, WHOLE, { EIO, ENOSPC }, { 0, 0 }),
	KIND(read, FD0, READS, { EIO, ESTALE }, { ECONNRESET, ETIMEDOUT }),
	KIND(pread64, FD0, READS, { EIO, ESTALE }, { 0, 0 }),
	KIND(readv, FD0, WHOLE, { EIO, ESTALE }, { ECONNRESET, ETIMEDOUT }),
	KIND(preadv, FD0, WHOLE, { EIO, ESTALE }, { 0, 0 }),
	KIND(write, FD0, WRITES, { EIO, ENOSPC }, { ECONNRESET, EPIPE }),
	KIND(pwrite64, FD0, WRITES, { EIO, ENOSPC }, { 0, 0 }),
	KIND(writev, FD0, SENDS, { EIO, ENOSPC }, { ECONNRESET, EPIPE }),
	KIND(pwritev, FD0, WHOLE, { EIO, ENOSPC }, { 0, 0 }),
	KIND(copy_file_range, FD0, WHOLE, { EIO, ENOSPC }, { 0, 0 }),
	KIND(sendfile, FD0, WHOLE, { EIO, ENOSPC }, { ECONNRESET, EPIPE }),
	KIND(splice, FD0, WHOLE, { EIO, ENOSPC }, { ECONNRESET, EPIPE }),
	KIND(close, FD0, WHOLE, { EIO, ENOSPC }, { 0, 0 }),
	KIND(fsync, FD0, WHOLE, { EIO, ENOSPC }, { 0, 0 }),
	KIND(fdatasync, FD0, WHOLE, { EIO, ENOSPC }, { 0, 0 }),
	KIND(sync_file_range, FD0, WHOLE, { EIO, ENOSPC }, { 0, 0 }),
	KIND(ftruncate, FD0, WHOLE, { EIO, ENOSPC }, { 0, 0 }),
	KIND(truncate, PATH0, WHOLE, { EIO, ENOSPC }, { 0, 0 }),
	KIND(fallocate, FD0, WHOLE, { ENOSPC, EOPNOTSUPP }, { 0, 0 }),
	KIND(flock, FD0, WHOLE, { ENOLCK, EIO }, { 0, 0 }),
	KIND(lseek, FD0, WHOLE, { EIO, EOVERFLOW }, { 0, 0 }),
	KIND(getdents64, FD0, WHOLE, { EIO, ESTALE }, { 0, 0 }),
	KIND(rename, PATH1, WHOLE, { EIO, ENOSPC }, { 0, 0 }),
	KIND(renameat, PATH1, WHOLE, { EIO, ENOSPC }, { 0, 0 }),
	KIND(renameat2, PATH1, WHOLE, { EIO, ENOSPC }, { 0, 0 }),
	KIND(link, PATH0, WHOLE, { EPERM, ENOSPC }, { 0, 0 }),
	KIND(linkat, PATH1, WHOLE, { EPERM, ENOSPC }, { 0, 0 }),
	KIND(symlink, PATH1, WHOLE, { EIO, ENOSPC }, { 0, 0 }),
	KIND(symlinkat, PATH0, WHOLE, { EIO, ENOSPC }, { 0, 0 }),
	KIND(unlink, PATH0, WHOLE, { EIO, EROFS }, { 0, 0 }),
	KIND(unlinkat, PATH1, WHOLE, { EIO, EROFS }, { 0, 0 }),
	KIND(rmdir, PATH0, WHOLE, { EIO, EROFS }, { 0, 0 }),
	KIND(mkdir, PATH0, WHOLE, { ENOSPC, EACCES }, { 0, 0 }),
	KIND(mkdirat, PATH1, WHOLE, { ENOSPC, EACCES }, { 0, 0 }),
	KIND(chmod, PATH0, WHOLE, { EIO, EROFS }, { 0, 0 }),
	KIND(fchmod, FD0, WHOLE, { EIO, EROFS }, { 0, 0 }),
	KIND(fchmodat, PATH1, WHOLE, { EIO, EROFS }, { 0, 0 }),
	KIND(stat, PATH0, WHOLE, { EIO, EACCES }, { 0, 0 }),
	KIND(lstat, PATH0, WHOLE, { EIO, EACCES }, { 0, 0 }),
	KIND(fstat, FD0, WHOLE, { EIO, ESTALE }, { 0, 0 }),
	KIND(newfstatat, PATH1, WHOLE, { EIO, EACCES }, { 0, 0 }),
	KIND(statx, PATH1, WHOLE, { EIO, EACCES }, { 0, 0 }),
	KIND(statfs, PATH0, WHOLE, { EIO, EACCES }, { 0, 0 }),
	KIND(fstatfs, FD0, WHOLE, { EIO, ESTALE }, { 0, 0 }),
	KIND(access, PATH0, WHOLE, { EIO, EACCES }, { 0, 0 }),
	KIND(faccessat, PATH1, WHOLE, { EIO, EACCES }, { 0, 0 }),
	KIND(faccessat2, PATH1, WHOLE, { EIO, EACCES }, { 0, 0 }),
	KIND(readlink, PATH0, WHOLE, { EIO, EACCES }, { 0, 0 }),
	KIND(readlinkat, PATH1, WHOLE, { EIO, EACCES }, { 0, 0 }),
	KIND(getcwd, NOTHING, WHOLE, { ENOENT, EACCES }, { 0, 0 }),
	KIND(chdir, PATH0, WHOLE, { EIO, EACCES }, { 0, 0 }),
	KIND(ioctl, FD0, WHOLE, { EIO, ENOTTY }, { 0, 0 }),
	KIND(fcntl, FD0, WHOLE, { ENOLCK, EMFILE }, { 0, 0 }),
	KIND(dup, FD0, WHOLE, { EMFILE, ENFILE }, { 0, 0 }),
	KIND(pipe2, NOTHING, WHOLE, { EMFILE, ENFILE }, { 0, 0 }),
	KIND(eventfd2, NOTHING, WHOLE, { EMFILE, ENFILE }, { 0, 0 }),
	KIND(epoll_create1, NOTHING, WHOLE, { EMFILE, ENOMEM }, { 0, 0 }),
	KIND(epoll_ctl, NOTHING, WHOLE, { ENOSPC, ENOMEM }, { 0, 0 }),
	KIND(socketpair, NOTHING, WHOLE, { EMFILE, ENOBUFS }, { 0, 0 }),
	KIND(socket, NOTHING, WHOLE, { EMFILE, ENOBUFS }, { 0, 0 }),
	KIND(connect, FD0, WHOLE, { ECONNREFUSED, ETIMEDOUT }, { 0, 0 }),
	KIND(bind, FD0, WHOLE, { EADDRINUSE, EADDRNOTAVAIL }, { 0, 0 }),
	KIND(sendto, FD0, SENDS, { ECONNRESET, EPIPE }, { 0, 0 }),
	KIND(sendmsg, FD0, WHOLE, { ECONNRESET, EPIPE }, { 0, 0 }),
	KIND(recvfrom, FD0, RECEIVES, { ECONNRESET, ETIMEDOUT }, { 0, 0 }),
	KIND(recvmsg, FD0, RECEIVES, { ECONNRESET, ETIMEDOUT }, { 0, 0 }),
	KIND(setsockopt, FD0, WHOLE, { ENOBUFS, EINVAL }, { 0, 0 }),
	KIND(getsockopt, FD0, WHOLE, { ENOBUFS, EINVAL }, { 0, 0 }),
	KIND(getsockname, FD0, WHOLE, { ENOBUFS, EINVAL }, { 0, 0 }),
	KIND(getpeername, FD0, WHOLE, { ENOTCONN, ENOBUFS }, { 0, 0 }),
	KIND(shutdown, FD0, WHOLE, { ENOTCONN, ENOBUFS }, { 0, 0 }),
};
#define KINDS (sizeof kinds / sizeof *kinds)

/* Neither files nor sockets; whatever is not named in either list ends the process, so that none is overlooked. */
static const int others[] = {
	SYS_futex, SYS_epoll_wait, SYS_epoll_pwait, SYS_poll, SYS_ppoll, /* waiting */
	SYS_nanosleep, SYS_clock_nanosleep, SYS_pause, SYS_restart_syscall,
	SYS_mmap, SYS_munmap, SYS_mremap, SYS_mprotect, SYS_madvise, SYS_brk, /* memory */
	SYS_clone, SYS_clone3, SYS_exit, SYS_exit_group, SYS_set_robust_list, SYS_rseq, SYS_set_tid_address, /* threads */
	SYS_gettid, SYS_getpid, SYS_sched_yield, SYS_sched_getaffinity, SYS_arch_prctl, SYS_membarrier,
	SYS_rt_sigaction, SYS_rt_sigprocmask, SYS_rt_sigreturn, SYS_sigaltstack, SYS_kill, SYS_tgkill, /* signals */
	SYS_getuid, SYS_geteuid, SYS_getgid, SYS_getegid, SYS_uname, SYS_sysinfo, /* who and where */
	SYS_prctl, SYS_prlimit64, SYS_getrandom, SYS_clock_gettime, SYS_gettimeofday,
};
#define OTHERS (sizeof others / sizeof *others)

static const struct kind *kind_of(int call)
{
	for (unsigned i = 0; i < KINDS; i++)
		if (kinds[i].call == call)
			return &kinds[i];
	return NULL;
}

static void copy(char *to, const char *from, unsigned room)
{
	unsigned i = 0;
	for (; from[i] && i < room - 1; i++)
		to[i] = from[i];
	to[i] = 0;
}

/* The last part of a path, with that before it: temporary directories differ from run to run. */
static const char *last(const char *path)
{
	const char *end = path + strlen(path);
	while (end > path && end[-1] != '/')
		end--;
	return *end ? end : path;
}

static int is_socket(int fd, const char *what)
{
	(void)fd;
	return strncmp(what, "socket", 6) == 0;
}

/* What a descriptor is. */
static void describe(int fd, char *text)
{
	char path[32] = "/proc/self/fd/", digits[12], target[256];
	int n = 0;
	unsigned value = (unsigned)fd;
	if (fd >= 0 && fd <= 2) {
		copy(text, fd == 0 ? "standard input" : fd == 1 ? "standard output" : "standard error", TEXT);
		return;
	}
	if (fd < 0) {
		copy(text, "no descriptor", TEXT);
		return;
	}
	do
		digits[n++] = (char)('0' + value % 10);
	while (value /= 10);
	char *to = path + strlen(path);
	while (n)
		*to++ = digits[--n];
	*to = 0;
	long length = call3(SYS_readlink, (long)path, (long)target, sizeof target - 1);
	if (length < 0) {
		copy(text, "a closed descriptor", TEXT);
		return;
	}
	target[length] = 0;
	if (strncmp(target, "socket:", 7) == 0) {
		int domain = 0;
		socklen_t size = sizeof domain;
		long said = shim_call(SYS_getsockopt, fd, SOL_SOCKET, SO_DOMAIN, (long)&domain, (long)&size, 0);
		copy(text, said == 0 && domain == AF_UNIX ? "own pair" : "socket", TEXT);
	} else {
		copy(text, last(target), TEXT);
	}
}

/* Closing tells of an error where something is still to be written: a file, and one that was opened for writing. */
static int writes_when_closed(int fd)
{
	struct stat of;
	long mode = call3(SYS_fcntl, fd, F_GETFL, 0);
	return mode >= 0 && (mode & O_ACCMODE) != O_RDONLY && call3(SYS_fstat, fd, (long)&of, 0) == 0 &&
	       S_ISREG(of.st_mode);
}

/* Calls that no kernel fails, and of which therefore nothing is to be learned. The reasons stand in tests/it/faulted. */
static int is_left_out(int call, const long *arg, const char *on)
{
	if (call == SYS_fcntl)
		return arg[1] == F_GETFD || arg[1] == F_SETFD || arg[1] == F_GETFL || arg[1] == F_SETFL;
	int moves = call == SYS_read || call == SYS_write || call == SYS_readv || call == SYS_writev ||
		    call == SYS_recvfrom || call == SYS_sendto || call == SYS_recvmsg || call == SYS_sendmsg;
	if (moves && (strncmp(on, "anon_inode:", 11) == 0 || strcmp(on, "own pair") == 0))
		return 1;
	return call == SYS_close && !writes_when_closed((int)arg[0]);
}

/* Whether EVSCTL_SHIM_ONLY means this call. */
static int is_meant(const char *name, const char *on)
{
	size_t length = strlen(name);
	return !only || (strncmp(only, name, length) == 0 && only[length] == ' ' && strcmp(only + length + 1, on) == 0);
}

static long carry_out(int call, const long *arg)
{
	return shim_call(call, arg[0], arg[1], arg[2], arg[3], arg[4], arg[5]);
}

static long fail(const struct kind *kind, const long *arg, const char *on, uint32_t in)
{
	if (in == 2) {
		if (kind->part == RECEIVES || (kind->part == READS && is_socket((int)arg[0], on)))
			return 0; /* the peer has closed */
		if (kind->call == SYS_writev) {
			/* The first piece alone, or half of it where it is the only one. */
			const long *piece = (const long *)arg[1];
			long length = arg[2] > 1 ? piece[1] : (piece[1] + 1) / 2;
			return call3(SYS_write, arg[0], piece[0], length);
		}
		if (arg[2] > 1) {
			long part[6] = { arg[0], arg[1], arg[2] / 2, arg[3], arg[4], arg[5] };
			return carry_out(kind->call, part);
		}
	}
	/* A descriptor is closed even where closing it tells of an error. */
	if (kind->call == SYS_close)
		carry_out(kind->call, arg);
	const int *errors = kind->socket[0] && is_socket((int)arg[0], on) ? kind->socket : kind->file;
	return -errors[in == 1];
}

static void met(int signal, siginfo_t *info, void *context)
{
	(void)signal;
	ucontext_t *now = context;
	greg_t *regs = now->uc_mcontext.gregs;
	int call = info->si_syscall;
	long arg[6] = { regs[REG_RDI], regs[REG_RSI], regs[REG_RDX], regs[REG_R10], regs[REG_R8], regs[REG_R9] };
	const struct kind *kind = kind_of(call);
	if (!kind) {
		char text[] = "shim: it does not know the call of number ....\n";
		for (char *digit = text + sizeof text - 3; *digit != ' '; digit--, call /= 10)
			*digit = (char)('0' + call % 10);
		give_up(text);
	}
	char on[TEXT];
	switch (kind->names) {
	case PATH0: copy(on, last((const char *)arg[0]), TEXT); break;
	case PATH1: {
		const char *path = (const char *)arg[call == SYS_rename ? 1 : call == SYS_renameat || call == SYS_renameat2 ? 3 : 1];
		if (path && *path)
			copy(on, last(path), TEXT);
		else
			describe((int)arg[0], on);
		break;
	}
	case FD0: describe((int)arg[0], on); break;
	default: copy(on, "", TEXT);
	}
	if (is_left_out(call, arg, on) || !is_meant(kind->name, on)) {
		regs[REG_RAX] = carry_out(call, arg);
		return;
	}
	uint32_t number = __atomic_add_fetch(&log_->count, 1, __ATOMIC_SEQ_CST);
	if (number <= RECORDS) {
		struct record *record = &log_->records[number - 1];
		copy(record->call, kind->name, sizeof record->call);
		record->part = kind->part != WHOLE;
		copy(record->on, on, TEXT);
	}
	int hit = at && number == at;
	if (at && how == 3 && number > at && at <= RECORDS) {
		const struct record *first = &log_->records[at - 1];
		hit = strcmp(first->call, kind->name) == 0 && strcmp(first->on, on) == 0;
	}
	if (hit) {
		if (number == at)
			__atomic_store_n(&log_->failed, number, __ATOMIC_SEQ_CST);
		__atomic_add_fetch(&log_->broken, 1, __ATOMIC_SEQ_CST);
		regs[REG_RAX] = fail(kind, arg, on, how);
	} else {
		regs[REG_RAX] = carry_out(call, arg);
	}
}

static uint32_t number_in(const char *name)
{
	const char *text = getenv(name);
	return text ? (uint32_t)strtoul(text, NULL, 10) : 0;
}

__attribute__((constructor)) static void begin(void)
{
	const char *path = getenv("EVSCTL_SHIM_LOG");
	if (!path)
		return;
	at = number_in("EVSCTL_SHIM_AT");
	how = number_in("EVSCTL_SHIM_HOW");
	only = getenv("EVSCTL_SHIM_ONLY");
	int fd = open(path, O_RDWR | O_CLOEXEC);
	log_ = fd < 0 ? MAP_FAILED : mmap(NULL, sizeof *log_, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (log_ == MAP_FAILED)
		give_up("shim: no log\n");
	close(fd);
	struct sigaction action = { 0 };
	action.sa_sigaction = met;
	action.sa_flags = SA_SIGINFO | SA_NODEFER;
	if (sigaction(SIGSYS, &action, NULL))
		give_up("shim: no handler\n");
	/* Calls of the one address pass, and those that are neither files nor sockets; all others are handed over. */
	struct sock_filter code[KINDS + OTHERS + 10];
	unsigned n = 0;
	uint64_t passed = (uint64_t)(uintptr_t)shim_passed;
	code[n++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, instruction_pointer));
	code[n++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)passed, 0, 3);
	code[n++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, instruction_pointer) + 4);
	code[n++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)(passed >> 32), 0, 1);
	code[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
	code[n++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr));
	for (unsigned i = 0; i < OTHERS; i++)
		code[n++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)others[i], (uint8_t)(OTHERS - i), 0);
	code[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRAP);
	code[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
	struct sock_fprog program = { .len = (unsigned short)n, .filter = code };
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ||
	    syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program))
		give_up("shim: no filter\n");
	log_->ready = 1;
}
