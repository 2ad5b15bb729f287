using CodexService.Cli.Client;
using CodexService.Cli.Terminal;
using CodexService.Contracts.Api;
using Spectre.Console;

namespace CodexService.Cli.Tasks;

/// <summary>Shows a plan that waits for approval. It asks for the answer where somebody can give one, and else says how to.</summary>
/// <param name="environment">Terminal.</param>
/// <param name="client">The service.</param>
/// <param name="asks">Whether the command may ask.</param>
internal sealed class PlanReview(CliEnvironment environment, CodexClient client, bool asks)
{
    /// <summary>Shows the plan, and sends the person's answer when there is one.</summary>
    public async Task ShowAsync(Guid task, PlanInfo plan, bool isOneOfMany, CancellationToken cancellationToken)
    {
        var error = environment.Error;
        error.Line($"[bold yellow]The plan{(isOneOfMany ? $" of attempt {plan.Attempt}" : "")} waits for your approval:[/]");
        foreach (var line in plan.Text.Split('\n'))
        {
            error.Line($"  {Markup.Escape(Words.Printable(line))}");
        }

        if (asks && environment.CanAsk && await TryAskAsync(task, plan, cancellationToken))
        {
            return;
        }

        var id = Words.ShortId(task);
        var which = isOneOfMany ? $" --attempt {plan.Attempt}" : "";
        error.Line($"[grey]./codex approve {id}{which}               approves it[/]");
        error.Line($"[grey]./codex approve {id}{which} --plan FILE   approves it as changed in FILE[/]");
        error.Line($"[grey]./codex say {id}{which} \"…\"             asks for another plan[/]");
    }

    private async Task<bool> TryAskAsync(Guid task, PlanInfo plan, CancellationToken cancellationToken)
    {
        while (true)
        {
            environment.Error.Line("Approve it? [bold]y[/] yes, [bold]e[/] edit it first, [bold]n[/] no, ask for another");
            try
            {
                switch ((await ReadAsync(cancellationToken))?.Trim().ToLowerInvariant())
                {
                    case "y" or "yes":
                        await client.ApprovePlanAsync(task, new ApprovePlanRequest(plan.Attempt, Revision: plan.Revision), cancellationToken);
                        return true;
                    case "e" or "edit":
                        environment.Error.Line("The whole plan as it shall be, one step a line, then an empty line:");
                        var edited = await LinesAsync(cancellationToken);
                        if (edited.Length > 0)
                        {
                            await client.ApprovePlanAsync(task, new ApprovePlanRequest(plan.Attempt, edited, plan.Revision), cancellationToken);
                            return true;
                        }

                        break;
                    case "n" or "no":
                        environment.Error.Line("What shall be different? (one line)");
                        if (await ReadAsync(cancellationToken) is { } wish && !string.IsNullOrWhiteSpace(wish))
                        {
                            await client.SayAsync(task, new SendMessageRequest(wish.Trim(), plan.Attempt), cancellationToken);
                            return true;
                        }

                        break;
                    case null:
                        return false;
                }
            }
            catch (CliException problem)
            {
                // Somebody else has answered meanwhile, for example in the dashboard.
                environment.Error.Line($"[yellow]{Markup.Escape(problem.Message)}[/]");
                return true;
            }
        }
    }

    private async Task<string> LinesAsync(CancellationToken cancellationToken)
    {
        var lines = new List<string>();
        while (await ReadAsync(cancellationToken) is { Length: > 0 } line)
        {
            lines.Add(line);
        }

        return string.Join('\n', lines).Trim();
    }

    // A terminal's reader blocks its thread whatever it is asked; Ctrl+C has to be heard all the same.
    private Task<string?> ReadAsync(CancellationToken cancellationToken) => Task.Run(environment.In.ReadLine, CancellationToken.None).WaitAsync(cancellationToken);
}
