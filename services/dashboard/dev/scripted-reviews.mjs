/** Reviews of the scripted tasks: an addressed one of an earlier commit, one that failed, and what is submitted. */
import { randomUUID } from 'node:crypto';

const earlier = 'aaaabbbbccccddddeeeeffff0000111122223333';
const iso = (minutes) => new Date(Date.now() - minutes * 60_000).toISOString();

const comment = (part) => ({ id: randomUUID(), side: 'new', start_line: null, quote: '', state: 'open', addressed_by: null, is_outdated: false, ...part });

/** What the task's reviews are; made on first sight. */
export function reviewsOf(task) {
  task.reviews ??= [
    {
      id: randomUUID(), author: 'mira', event: 'request_changes', body: 'The fix is right. Two things about how it is said.', head_commit: earlier, created_at: iso(95),
      follow_up: 2, progress: 'addressed', reason: null, addressed_by: task.pull_request.head_commit,
      comments: [
        comment({
          path: 'shop/api/users.py', line: 41, start_line: 40, body: 'Say `page_start` instead; `start` is **everywhere** in this file.', state: 'addressed', addressed_by: task.pull_request.head_commit, is_outdated: true,
          quote: '     total = len(users)\n-    start = max(0, (page - 1) * per_page - 1)\n-    items = users[start : start + per_page + (page == 1)]\n+    start = (page - 1) * per_page\n+    items = users[start : start + per_page]',
        }),
      ],
    },
    {
      id: randomUUID(), author: 'jonas', event: 'request_changes', body: '', head_commit: task.pull_request.head_commit, created_at: iso(40),
      follow_up: 3, progress: 'not_addressed', reason: 'the budget of 40 turns is used up', addressed_by: null,
      comments: [
        comment({ path: 'shop/api/users.py', line: 41, start_line: 40, body: 'What if `per_page` is 0?\n\nPlease refuse it as `page < 1` is refused.' }),
        comment({ path: 'shop/api/users.py', side: 'old', line: 41, body: 'This line was the whole bug, good.' }),
      ],
    },
    {
      id: randomUUID(), author: 'mira', event: 'comment', body: '', head_commit: task.pull_request.head_commit, created_at: iso(12),
      follow_up: null, progress: null, reason: null, addressed_by: null,
      comments: [comment({ path: 'shop/api/users.py', line: 48, body: 'Unrelated: this sort could be an index one day.' })],
    },
  ];
  return task.reviews;
}

/** Takes a review as the service does, but for the follow-up; a text says why not. */
export function submitReview(task, sent) {
  const reviews = reviewsOf(task);
  if (task.pull_request.state !== 'open') {
    return `Pull request #${task.pull_request.number} is ${task.pull_request.state}; a review comes too late.`;
  }
  const wants = sent.event === 'request_changes';
  const review = {
    id: randomUUID(), author: 'owner', event: sent.event, body: sent.body ?? '', head_commit: task.pull_request.head_commit, created_at: iso(0),
    follow_up: wants ? 4 : null, progress: wants ? 'working' : null, reason: null, addressed_by: null, comments: sent.comments.map((one) => comment(one)),
  };
  reviews.push(review);
  return review;
}
