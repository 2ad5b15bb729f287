using System.CommandLine;
using CodexService.Cli.Connection;
using CodexService.Cli.Tasks;
using CodexService.Cli.Terminal;
using CodexService.Contracts.Api;
using Spectre.Console;

namespace CodexService.Cli.Commands;

/// <summary><c>codex run</c>: a task from submission to verified patch, with a service of its own when none is up.</summary>
internal static class RunCommand
{
    private static readonly TimeSpan CancelLimit = TimeSpan.FromMinutes(1);

    public static Command Create(CliEnvironment environment)
    {
        var options = new TaskOptions();
        var json = new Option<string?>("--json") { Description = "Write the result as JSON to this file, or to stdout with -", HelpName = "file|-" };
        var command = new Command("run", "Run a task and wait for its verified patch (exit code 0 patch, 2 none, 1 error)") { json };
        options.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var submission = await options.ReadAsync(parsed, environment, cancellationToken);
            var report = parsed.GetValue(json);
            if (report is not (null or "-"))
            {
                report = Path.GetFullPath(report, environment.CurrentDirectory);
                RequireWritable(report);
            }

            await using var session = await ServiceSession.ConnectOrStartAsync(environment, port: null, cancellationToken);
            var task = await SubmitAndFollowAsync(environment, session, submission, cancellationToken);
            await WriteAsync(environment, session, task, report, cancellationToken);
            return cancellationToken.IsCancellationRequested ? ExitCodes.Interrupted : ExitCodes.Of(task);
        });
        return command;
    }

    /// <summary>Submits, shows progress, and returns the ended task. Ctrl+C cancels the task before it ends the command.</summary>
    public static async Task<TaskDetail> SubmitAndFollowAsync(
        CliEnvironment environment, ServiceSession session, SubmitTaskRequest submission, CancellationToken cancellationToken)
    {
        var task = await session.Client.SubmitAsync(submission, cancellationToken);
        environment.Error.Line($"[bold]{Markup.Escape(Words.Cut(task.Summary.Title, environment.Error.Width - 2))}[/]");
        var where = $"{task.Summary.Repository} · {task.Summary.BaseRef}{(task.TestCommand.Length > 0 ? $" · {task.TestCommand}" : "")}";
        environment.Error.Line($"[grey]{Markup.Escape(Words.Cut(where, environment.Error.Width - 2))}[/]");
        var follower = new TaskFollower(environment, session.Client, asksForApproval: true);
        try
        {
            return await follower.FollowAsync(task, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            environment.Error.Line("[yellow]Cancelling the task[/]");
            return await CancelAsync(environment, session, follower, task);
        }
    }

    private static async Task<TaskDetail> CancelAsync(
        CliEnvironment environment, ServiceSession session, TaskFollower follower, TaskDetail task)
    {
        // The person's token has fired already; this is the time that the good ending may take.
        using var limit = new CancellationTokenSource(CancelLimit, environment.Time);
        try
        {
            return await follower.FollowAsync(await session.Client.CancelAsync(task.Summary.Id, limit.Token), limit.Token);
        }
        catch (CliException)
        {
            // It ended in the same moment.
            return await session.Client.GetTaskAsync(task.Summary.Id, limit.Token);
        }
        catch (OperationCanceledException problem)
        {
            throw new CliException($"Task {task.Summary.Id} did not stop within {CancelLimit.TotalSeconds:0} s; it stops when the service is up again.", problem);
        }
    }

    private static async Task WriteAsync(
        CliEnvironment environment, ServiceSession session, TaskDetail task, string? report, CancellationToken cancellationToken)
    {
        // What reads the report later finds the service where ./codex up has it.
        var url = session.IsEmbedded ? LaterReview.ServiceUrl(environment) : session.Client.Address.Url;
        if (report == "-")
        {
            await environment.Out.Writer.WriteAsync(RunReport.Of(task, url).ToJson());
            return;
        }

        ResultView.Write(environment.Out, task, session.IsEmbedded ? null : url);
        if (session.IsEmbedded)
        {
            LaterReview.Write(environment, task);
        }

        if (report is not null)
        {
            await File.WriteAllTextAsync(report, RunReport.Of(task, url).ToJson(), CancellationToken.None);
        }

        cancellationToken.ThrowIfCancellationRequested();
    }

    /// <summary>A report that cannot be written is better known before the work than after it.</summary>
    private static void RequireWritable(string file)
    {
        try
        {
            var existed = File.Exists(file);
            using (File.Open(file, FileMode.OpenOrCreate, FileAccess.Write))
            {
                // Opening is the test.
            }

            if (!existed)
            {
                File.Delete(file);
            }
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new CliException($"Cannot write the report to {file}: {problem.Message.TrimEnd('.')}.", problem);
        }
    }
}
