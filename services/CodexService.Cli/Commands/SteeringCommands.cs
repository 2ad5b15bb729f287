using System.CommandLine;
using CodexService.Cli.Client;
using CodexService.Cli.Tasks;
using CodexService.Cli.Terminal;
using CodexService.Contracts.Api;

namespace CodexService.Cli.Commands;

/// <summary><c>codex pause</c>, <c>resume</c>, <c>say</c> and <c>approve</c>: what people do to a task while it runs.</summary>
internal static class SteeringCommands
{
    public static Command Pause(CliEnvironment environment) => TaskCommand.Create(
        environment,
        "pause",
        "Pause a task of a model between two turns; it then holds no worker",
        async (client, id, cancellationToken) =>
        {
            var task = await client.PauseAsync(id, cancellationToken);
            environment.Out.Line(task.Summary.State == TaskState.Paused
                ? $"Task {Words.ShortId(id)} is paused; ./codex resume {Words.ShortId(id)} goes on."
                : $"Task {Words.ShortId(id)} is pausing: it finishes its turn first. ./codex resume {Words.ShortId(id)} goes on.");
            return ExitCodes.Success;
        });

    public static Command Resume(CliEnvironment environment) => TaskCommand.Create(
        environment,
        "resume",
        "Go on with a paused task",
        async (client, id, cancellationToken) =>
        {
            var task = await client.ResumeAsync(id, cancellationToken);
            environment.Out.Line($"Task {Words.ShortId(id)} goes on; it is {Words.State(task.Summary.State)}.");
            return ExitCodes.Success;
        });

    public static Command Say(CliEnvironment environment)
    {
        var text = new Argument<string>("message") { Description = "What the model reads before its next turn; - reads it from stdin, @file from a file" };
        var attempt = NumberRange.AttemptNumber("Number of the one attempt that reads it (default: all)");
        return TaskCommand.Create(
            environment,
            "say",
            "Send a message to the model that works on a task",
            async (client, id, parsed, cancellationToken) =>
            {
                var message = await PromptArgument.ResolveAsync(parsed.GetRequiredValue(text), environment, cancellationToken, "message");
                var sent = await client.SayAsync(id, new SendMessageRequest(message, parsed.GetValue(attempt)), cancellationToken);
                environment.Out.Line($"Message {sent.Number} is sent; it is read before the next turn.");
                return ExitCodes.Success;
            },
            text,
            attempt);
    }

    public static Command Approve(CliEnvironment environment)
    {
        var plan = new Option<string?>("--plan") { Description = "The plan as you changed it, from this file, or from stdin with - (default: as it is)", HelpName = "file|-" };
        var attempt = NumberRange.AttemptNumber("Whose plan, when several wait");
        return TaskCommand.Create(
            environment,
            "approve",
            "Approve the plan that a task waits with",
            async (client, id, parsed, cancellationToken) =>
            {
                var edited = parsed.GetValue(plan) is { } file
                    ? await PromptArgument.ResolveAsync(file == "-" ? file : $"@{file}", environment, cancellationToken, "plan")
                    : null;
                var task = await ApproveAsync(client, id, new ApprovePlanRequest(parsed.GetValue(attempt), edited), cancellationToken);
                environment.Out.Line($"The plan is approved; task {Words.ShortId(id)} is {Words.State(task.Summary.State)}.");
                return ExitCodes.Success;
            },
            plan,
            attempt);
    }

    private static async Task<TaskDetail> ApproveAsync(CodexClient client, Guid id, ApprovePlanRequest request, CancellationToken cancellationToken)
    {
        try
        {
            return await client.ApprovePlanAsync(id, request, cancellationToken);
        }
        catch (CliException problem)
        {
            // People say "approve" to a finished change too, as the dashboard does.
            var task = await client.GetTaskAsync(id, cancellationToken);
            throw task.PullRequest is { State: PullRequestState.Open } pull && task.Plans.All(plan => plan.State != PlanState.Waiting)
                ? new CliException($"No plan of task {Words.ShortId(id)} waits: its change is ready. ./codex pr merge {pull.Number} approves and merges it.", problem)
                : problem;
        }
    }
}
