using System.Text.Json;
using Microsoft.EntityFrameworkCore;

namespace CodexService.Tasks.Persistence;

/// <summary>Names every column in snake_case, so that SQL written by hand reads naturally.</summary>
internal static class SnakeCaseColumns
{
    public static void Apply(ModelBuilder modelBuilder)
    {
        foreach (var property in modelBuilder.Model.GetEntityTypes().SelectMany(entity => entity.GetProperties()))
        {
            property.SetColumnName(JsonNamingPolicy.SnakeCaseLower.ConvertName(property.Name));
        }
    }
}
