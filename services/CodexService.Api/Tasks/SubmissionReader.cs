using System.Security.Cryptography;
using System.Text.Json;
using CodexService.Api.RepositoryInspection;
using CodexService.Contracts;
using CodexService.Contracts.Api;
using CodexService.Repositories;
using CodexService.Tasks.Submission;
using CodexService.Tasks.Workers;
using Microsoft.Extensions.Options;

namespace CodexService.Api.Tasks;

/// <summary>Checks a submission and fills in what it leaves open.</summary>
internal sealed class SubmissionReader(RepositoryLookup repositories, TaskAdmission admission, IOptions<ApiOptions> options)
{
    private const int MaxTestCommandLength = 2000;
    private const int MaxKeyLength = 200;

    /// <summary>Reads a submission; either it or the errors by field are set.</summary>
    public async Task<(TaskSubmission? Submission, Dictionary<string, string[]> Errors)> ReadAsync(
        SubmitTaskRequest request,
        string? idempotencyKey,
        CancellationToken cancellationToken)
    {
        var errors = Check(request, idempotencyKey);
        if (errors.Count > 0)
        {
            return (null, errors);
        }

        try
        {
            var repository = await repositories.ResolveAsync(request.Repository, request.BaseRef, cancellationToken);
            if (request.Kind == TaskKind.Review && await repositories.WhyNotReviewableAsync(request.Repository, request.BaseRef, request.HeadRef!, cancellationToken) is { } wrong)
            {
                errors["head_ref"] = [wrong];
                return (null, errors);
            }

            var testCommand = request.Kind == TaskKind.Ask ? "" : string.IsNullOrWhiteSpace(request.TestCommand)
                ? (await repositories.InspectAsync(request.Repository, cancellationToken)).TestCommand
                : request.TestCommand.Trim();

            // A review without tests is a review still; it says so.
            testCommand ??= request.Kind == TaskKind.Review ? "" : null;
            var submission = new TaskSubmission(
                repository.Address,
                Prompt(request),
                testCommand ?? "",
                repository.BaseRef,
                VariantReader.Attempts(request),
                TimeSpan.FromSeconds(request.TimeoutSeconds ?? options.Value.DefaultTimeoutSeconds),
                request.Brain ?? BrainChoice.Auto,
                idempotencyKey,
                idempotencyKey is null ? null : Hash(request),
                request.Template,
                request.Model)
            {
                Models = VariantReader.Models(request),
                ApprovePlan = request.ApprovePlan ?? false,
                Limits = request.Limits,
                Kind = request.Kind ?? TaskKind.Change,
                HeadRef = request.HeadRef?.Trim(),
            };
            if (await admission.WhyNotAsync(submission, () => repositories.HasPythonAsync(request.Repository, request.BaseRef, cancellationToken), cancellationToken) is { } refusal)
            {
                errors[refusal.Field] = [refusal.SentenceForUsers];
                return (null, errors);
            }

            if (testCommand is null)
            {
                errors["test_command"] = ["No test command was found in the repository; say how its tests are run, for example \"python3 -m pytest -q\"."];
                return (null, errors);
            }

            return (submission, errors);
        }
        catch (RepositoryException e)
        {
            errors[e.Kind == RepositoryErrorKind.UnknownRef ? "base_ref" : "repository"] = [e.Message];
            return (null, errors);
        }
    }

    /// <summary>Adds an error when a prompt cannot be taken.</summary>
    public void CheckPrompt(string? prompt, Dictionary<string, string[]> errors)
    {
        var limit = options.Value.MaxPromptLength;
        if (string.IsNullOrWhiteSpace(prompt))
        {
            errors["prompt"] = ["The prompt is empty; say what is to be done."];
        }
        else if (prompt.Length > limit)
        {
            errors["prompt"] = [$"The prompt has {prompt.Length:N0} characters; at most {limit:N0} are taken. Put long material into the repository and name it."];
        }
        else if (prompt.Contains('\0'))
        {
            errors["prompt"] = ["The prompt holds a NUL character; remove it."];
        }
    }

    /// <summary>Adds an error when a test command cannot be taken.</summary>
    public static void CheckTestCommand(string? command, Dictionary<string, string[]> errors)
    {
        if (command is not null && (command.Length > MaxTestCommandLength || command.AsSpan().IndexOfAny('\0', '\n', '\r') >= 0))
        {
            errors["test_command"] = [$"The test command has to be one line of at most {MaxTestCommandLength:N0} characters."];
        }
    }

    /// <summary>What tells a repeated request from another one with the same key.</summary>
    public static string Hash(SubmitTaskRequest request) =>
        Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(request, JsonConventions.Options)));

    private Dictionary<string, string[]> Check(SubmitTaskRequest request, string? idempotencyKey)
    {
        var errors = new Dictionary<string, string[]>(StringComparer.Ordinal);
        if (string.IsNullOrWhiteSpace(request.Repository))
        {
            errors["repository"] = ["Name a repository: an absolute path or a clone URL."];
        }

        CheckPrompt(Prompt(request), errors);
        CheckTestCommand(request.TestCommand, errors);
        LimitRules.Check(request.Limits, errors);

        VariantReader.Check(request, errors);
        if (request.TimeoutSeconds is < 10 or > 86_400)
        {
            errors["timeout_seconds"] = ["The timeout has to be from 10 to 86400 seconds."];
        }

        if (request.Template is { } template && !TaskTemplates.Contains(template))
        {
            errors["template"] = [$"The template is one of {string.Join(", ", TaskTemplates.Names)}; leave it out for none."];
        }

        QuestionRules.Check(request, errors);
        ReviewRules.Check(request, errors);
        if (idempotencyKey?.Length > MaxKeyLength)
        {
            errors["Idempotency-Key"] = [$"The key may have at most {MaxKeyLength} characters."];
        }

        return errors;
    }

    // What to look at is optional for a review.
    private static string Prompt(SubmitTaskRequest request) =>
        request.Kind == TaskKind.Review && string.IsNullOrWhiteSpace(request.Prompt) ? $"{ReviewRules.UsualPrompt}: {request.HeadRef?.Trim()}" : request.Prompt?.Trim() ?? "";
}
